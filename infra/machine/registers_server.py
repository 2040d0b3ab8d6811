"""Speak as Companies House and the NHS Organisation Data Service do, about fictional companies and real NHS bodies.

usage: python -m infra.machine.registers_server PORT HEALTH

It can be told to fail: POST to `/.matchfund/trouble` the answers that come next, in words parted by spaces: a status
such as 500 or 429, `slow` (a pause of five seconds), `cut` (half an answer) or `nonsense` (no JSON). After `always`
they go on for ever; an empty body makes it well again.
"""

import base64
import csv
import json
import sys
import time
from collections import deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from infra.machine.places import CHECKOUT
from infra.machine.registers import KEY
from infra.machine.s3 import HEALTH

COMPANIES = CHECKOUT / "infra" / "machine" / "companies.csv"
TRUSTS = CHECKOUT / "infra" / "demo" / "reference" / "nhs_trusts.csv"
TROUBLE = "/.matchfund/trouble"
SLOW_SECONDS = 5
REGIONS = {
    "London": "Y56",
    "South West": "Y58",
    "South East": "Y59",
    "Midlands": "Y60",
    "East of England": "Y61",
    "North West": "Y62",
    "North East and Yorkshire": "Y63",
}
Answer = tuple[int, Any]


class Registers(ThreadingHTTPServer):
    """Both registers on one port, and the troubles that they were told to have."""

    daemon_threads = True

    def __init__(self, port: int, health: str = "", slow_seconds: float = SLOW_SECONDS) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.health, self.slow_seconds = health, slow_seconds
        self.troubles: deque[str] = deque()
        self.for_ever = False
        self.asked: list[str] = []
        self.officers: dict[str, list[dict[str, Any]]] = {}  # of companies that a test gives others to
        self.companies = {row["number"]: row for row in _rows(COMPANIES)}
        self.trusts = {row["ods_code"]: row for row in _rows(TRUSTS)}

    def tell(self, words: str) -> None:
        """Take the answers that come next."""
        said = words.split()
        self.for_ever = said[:1] == ["always"]
        self.troubles = deque(said[self.for_ever :])

    def trouble(self) -> str:
        """Return the trouble of the next answer, or nothing."""
        if not self.troubles:
            return ""
        return self.troubles[0] if self.for_ever else self.troubles.popleft()

    def answer(self, path: str, question: dict[str, str], user: str) -> Answer:
        """Return status and JSON of one request."""
        register, *rest = [unquote(part) for part in path.strip("/").split("/")]
        if register == "companies-house":
            if user != KEY:
                return 401, {"error": "Invalid Authorization", "type": "ch:service"}
            return self.companies_house(rest, question)
        return self.ods(rest, question) if register == "ods" else (404, {})

    def companies_house(self, path: list[str], question: dict[str, str]) -> Answer:
        """Answer as the public data API of Companies House."""
        match path:
            case ["search", "companies"]:
                most = int(question.get("items_per_page", "20"))
                found = [c for c in self.companies.values() if _fits(question.get("q", ""), c["name"], c["number"])]
                items = [_found_company(c) for c in found[:most]]
                return 200, {"items": items, "items_per_page": most, "total_results": len(found), "start_index": 0}
            case ["company", number] if company := self.companies.get(number):
                return 200, _company(company)
            case ["company", number, "officers"] if number in self.companies:
                items = self.officers.get(number) or [_director(number)]
                return 200, {"items": items, "items_per_page": 35, "total_results": len(items), "start_index": 0}
        return 404, {"errors": [{"error": "company-profile-not-found", "type": "ch:service"}]}

    def ods(self, path: list[str], question: dict[str, str]) -> Answer:
        """Answer as the ORD API of the Organisation Data Service."""
        match path:
            case ["organisations"]:
                most = int(question.get("Limit", "1000"))
                found = [t for t in self.trusts.values() if question.get("Name", "").upper() in t["name"]]
                return 200, {"Organisations": [_found_trust(t) for t in found[:most]]}
            case ["organisations", code] if trust := self.trusts.get(code):
                return 200, _trust(trust)
            case ["organisations", code] if code.startswith("Q") and f"Y{code[1:]}" in REGIONS.values():
                return 200, _organisation(code, f"Care board of {code}", "RO261", above=(f"Y{code[1:]}", "RO209"))
        return 404, {"errorCode": 404, "errorText": "Not found"}


class Handler(BaseHTTPRequestHandler):
    """Take one request."""

    server: Registers

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == HEALTH:
            self.send(200, self.server.health.encode(), "text/plain")
            return
        self.server.asked.append(self.path)
        trouble = self.server.trouble()
        if trouble == "slow":
            time.sleep(self.server.slow_seconds)
        if trouble.isdecimal():
            self.send(int(trouble), b"{}")
            return
        question = {name: values[-1] for name, values in parse_qs(address.query).items()}
        status, said = self.server.answer(address.path, question, self.user())
        body = b"<html>" if trouble == "nonsense" else json.dumps(said).encode()
        self.send(status, body, sent=len(body) // 2 if trouble == "cut" else None)

    def do_POST(self) -> None:
        words = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        if self.path == TROUBLE:
            self.server.tell(words)
        self.send(204 if self.path == TROUBLE else 404, b"")

    def user(self) -> str:
        """Return the user name of HTTP Basic, where Companies House expects the key."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        try:
            return base64.b64decode(value).decode().partition(":")[0] if kind == "Basic" else ""
        except ValueError:
            return ""

    def send(self, status: int, body: bytes, kind: str = "application/json", sent: int | None = None) -> None:
        """Answer; `sent` bytes of the body only, where it is cut off."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # the other side may have waited long enough
            self.wfile.write(body[:sent])

    def log_message(self, format: str, *words: Any) -> None:
        """Say nothing of what was answered."""


def _rows(path: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _fits(words: str, name: str, number: str) -> bool:
    return words.upper() == number or (bool(words.split()) and all(word in name for word in words.upper().split()))


def _office(company: dict[str, str]) -> dict[str, str]:
    return {key: company[key] for key in ("address_line_1", "locality", "postal_code") if company[key]}


def _company(company: dict[str, str]) -> dict[str, Any]:
    return {
        "company_name": company["name"],
        "company_number": company["number"],
        "company_status": company["status"],
        "type": "ltd",
        "registered_office_address": _office(company),
    }


def _director(number: str) -> dict[str, Any]:
    """Return the one director of a company, who is nobody else's."""
    return {
        "name": f"DIRECTOR{number}, Fictional",
        "officer_role": "director",
        "appointed_on": "2015-01-01",
        "date_of_birth": {"month": 1, "year": 1970},
    }


def _found_company(company: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": "searchresults#company",
        "title": company["name"],
        "company_number": company["number"],
        "company_status": company["status"],
        "company_type": "ltd",
        "address": _office(company),
        "address_snippet": ", ".join(_office(company).values()),
    }


def _found_trust(trust: dict[str, str]) -> dict[str, str]:
    return {
        "Name": trust["name"],
        "OrgId": trust["ods_code"],
        "Status": "Active",
        "OrgRecordClass": "RC1",
        "PostCode": trust["postcode"],
        "PrimaryRoleId": "RO197",
        "PrimaryRoleDescription": "NHS TRUST",
    }


def _trust(trust: dict[str, str]) -> dict[str, Any]:
    """Return a trust that lies in the area of a care board of its region."""
    board = f"Q{REGIONS[trust['region']][1:]}" if trust["region"] in REGIONS else ""
    place = {"AddrLn1": "TRUST HEADQUARTERS", "Town": "SAMPLETOWN", "PostCode": trust["postcode"], "Country": "ENGLAND"}
    return _organisation(trust["ods_code"], trust["name"], "RO197", above=(board, "RO261"), place=place)


def _organisation(
    code: str, name: str, role: str, *, above: tuple[str, str], place: dict[str, str] | None = None
) -> dict[str, Any]:
    target = {"OrgId": {"assigningAuthorityName": "HSCIC", "extension": above[0]}, "PrimaryRoleId": {"id": above[1]}}
    return {
        "Organisation": {
            "Name": name,
            "OrgId": {"assigningAuthorityName": "HSCIC", "extension": code},
            "Status": "Active",
            "orgRecordClass": "RC1",
            "GeoLoc": {"Location": place or {}},
            "Roles": {"Role": [{"id": role, "primaryRole": True, "Status": "Active"}]},
            "Rels": {"Rel": [{"id": "RE5", "Status": "Active", "Target": target}] if above[0] else []},
        }
    }


if __name__ == "__main__":
    Registers(int(sys.argv[1]), sys.argv[2]).serve_forever()
