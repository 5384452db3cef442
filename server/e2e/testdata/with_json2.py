"""What a script does over JSON-2 whose calls have arguments by position, as in Odoo's older doors: it asks the host for the names.

Usage: with_json2.py URL DATABASE LOGIN KEY OFFSET; exit status 0 and a last line "ok" when all went well.
"""
import json
import sys
import urllib.error
import urllib.request

url, database, login, key, offset = sys.argv[1:]


class Refused(Exception):
    """An answer with a status of HTTP that is no success: status, and Odoo's name and message."""

    def __init__(self, status, told):
        super().__init__(status, told["name"], told["message"])
        self.status, self.name, self.message = status, told["name"], told["message"]


class Door:
    """/json/2 for one key; it remembers what it was told about a model."""

    def __init__(self, key):
        self.key, self.models = key, {}

    def ask(self, path, body=None):
        headers = {"Authorization": "bearer " + self.key, "X-Odoo-Database": database, "User-Agent": "script"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            with urllib.request.urlopen(urllib.request.Request(url + path, data, headers), timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.load(error)) from None

    def call(self, model, method, *args, **named):
        if args:
            if model not in self.models:
                self.models[model] = self.ask("/doc-bearer/%s.json" % model)
            told = self.models[model]["methods"][method]
            names = [] if "model" in told.get("api", []) else ["ids"]
            names += [name for name, about in told["parameters"].items() if about.get("kind", "") not in ("KEYWORD_ONLY", "VAR_KEYWORD")]
            assert len(args) <= len(names), (method, names)
            named = dict(zip(names, args), **named)
        return self.ask("/json/2/%s/%s" % (model, method), named)


def refused(status, name, text, do):
    try:
        got = do()
    except Refused as error:
        assert (error.status, error.name) == (status, name) and text in error.message, error
    else:
        raise AssertionError("not refused: %r" % (got,))


with urllib.request.urlopen(url + "/web/version", timeout=300) as answer:
    assert json.load(answer)["version_info"][0] >= 18
refused(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey", lambda: Door("wrong").call("res.users", "context_get"))
door = Door(key)
user = door.call("res.users", "context_get")["uid"]
assert door.call("res.users", "read", [user], ["login"]) == [{"id": user, "login": login}]

lines, fields = "account.bank.statement.line", ["date", "payment_ref", "amount", "journal_id"]
found = door.call(lines, "search_read", [["amount", ">", 0]], fields, int(offset), 3, "amount desc, id")
assert len(found) == 3 and found[0]["amount"] >= found[1]["amount"] >= found[2]["amount"] > 0, found
line = found[2]
assert door.call(lines, "write", [line["id"]], {"payment_ref": "Nagekeken: één < twee"}) is True
assert door.call(lines, "read", ids=[line["id"]], fields=["payment_ref"])[0]["payment_ref"] == "Nagekeken: één < twee"
assert door.call(lines, "write", ids=[line["id"]], vals={"payment_ref": line["payment_ref"]}) is True
assert door.call(lines, "search_read", domain=[["id", "=", 0]], fields=fields) == []

partner, = door.call("res.partner", "create", [{"name": "Zoë & <Søn>", "is_company": True}])
read, = door.call("res.partner", "read", [partner], ["name", "is_company", "parent_id", "child_ids"])
assert read == {"id": partner, "name": "Zoë & <Søn>", "is_company": True, "parent_id": False, "child_ids": []}, read
assert door.call("res.partner", "name_search", "Zoë", domain=[["id", "=", partner]], limit=1) == [[partner, "Zoë & <Søn>"]]
assert door.call("res.partner", "unlink", [partner]) is True
assert door.call("res.partner", "search_count", [["id", "=", partner]]) == 0
assert door.call(lines, "fields_get", ["amount"], attributes=["type"])["amount"]["type"] == "monetary"

refused(404, "odoo.exceptions.MissingError", "has been deleted", lambda: door.call("res.partner", "write", [partner], {"name": "x"}))
refused(500, "builtins.ValueError", "Invalid field 'ghost'", lambda: door.call("res.partner", "read", [1], ["ghost"]))
refused(422, "werkzeug.exceptions.UnprocessableEntity", "unexpected keyword argument 'ghost'",
        lambda: door.call("res.partner", "read", ids=[1], ghost=1))
print("ok")
