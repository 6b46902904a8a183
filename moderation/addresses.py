"""Addresses of the Internet: which of them are public."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"))
"""NAT64 and 6to4: an IPv4 address stands inside, which may be a private one."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies in the public Internet, also where IPv4 is wrapped in IPv6."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast
