"""`python -m api.cli` is `ibasho`, also where the script is not on PATH."""

from api.cli.main import run

if __name__ == "__main__":
    run()
