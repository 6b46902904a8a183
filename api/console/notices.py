"""Notices: what the page before brings with it, e.g. the decision that was just made."""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import Connection
