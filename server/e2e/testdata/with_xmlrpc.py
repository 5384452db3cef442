"""What a script does with nothing but Python's own XML-RPC client.

Usage: with_xmlrpc.py URL DATABASE; exit status 0 and a last line "ok" when all went well.
"""
import datetime
import sys
import xmlrpc.client

url, database = sys.argv[1], sys.argv[2]
common = xmlrpc.client.ServerProxy(url + "/xmlrpc/2/common")
version = common.version()
assert version["server_version"] == "18.0" and version["server_version_info"][:2] == [18, 0], version
assert common.authenticate(database, "admin", "wrong", {}) is False
uid = common.authenticate(database, "admin", "admin", {})
assert isinstance(uid, int) and uid > 0, uid
assert database in xmlrpc.client.ServerProxy(url + "/xmlrpc/2/db").list()

models = xmlrpc.client.ServerProxy(url + "/xmlrpc/2/object", use_builtin_types=True)


def call(model, method, *args, **kwargs):
    return models.execute_kw(database, uid, "admin", model, method, args, kwargs)


def refused(code, text, do):
    try:
        got = do()
    except xmlrpc.client.Fault as fault:
        assert fault.faultCode == code and text in fault.faultString, fault
    else:
        raise AssertionError("not refused: %r" % (got,))


partner = call("res.partner", "create", {"name": "Zoë & <Søn>", "is_company": True, "comment": "one\ntwo"})
read, = call("res.partner", "read", [partner], ["name", "is_company", "parent_id", "child_ids", "color", "create_date"])
assert read["name"] == "Zoë & <Søn>" and read["is_company"] is True, read
assert read["parent_id"] is False and read["child_ids"] == [] and read["color"] == 0, read
assert isinstance(read["create_date"], str), read
datetime.datetime.strptime(read["create_date"], "%Y-%m-%d %H:%M:%S")
children = call("res.partner", "create", [{"name": "a", "parent_id": partner}, {"name": "b", "parent_id": partner}])
assert len(children) == 2, children
assert call("res.partner", "write", [partner], {"child_ids": [(2, children[1], 0), (0, 0, {"name": "c"})]}) is True
found = call("res.partner", "search_read", [("parent_id", "=", partner)], fields=["name", "parent_id"], order="name", limit=5)
assert [row["name"] for row in found] == ["a", "c"] and found[0]["parent_id"][0] == partner, found
assert call("res.partner", "search", [["id", "=", partner]], context={"active_test": False}) == [partner]
assert call("res.partner", "name_search", "Zoë", limit=1)[0][0] == partner
assert "name" in call("res.partner", "fields_get", [], ["string", "type"])

# a date and time travel as XML-RPC's own type, amounts as doubles
journal, = call("account.journal", "create", [{"name": "By XML", "type": "bank", "code": "XML1"}])
line = call("account.bank.statement.line", "create", {"journal_id": journal, "payment_ref": "x", "amount": -12.5,
                                                      "date": datetime.datetime(2025, 3, 1, 12, 0)})
read, = call("account.bank.statement.line", "read", [line], ["date", "amount", "journal_id"])
assert read["date"] == "2025-03-01" and read["amount"] == -12.5 and read["journal_id"][0] == journal, read
assert call("account.bank.statement.line", "unlink", [line]) is True

refused(1, "Invalid field 'ghost' on model 'res.partner'", lambda: call("res.partner", "read", [partner], ["ghost"]))
refused(2, "does not exist or has been deleted", lambda: call("res.partner", "write", [99999999], {"name": "x"}))
refused(2, "Object no.model doesn't exist", lambda: call("no.model", "search", []))
refused(3, "Access Denied", lambda: models.execute_kw(database, uid, "wrong", "res.partner", "search", [[]]))
refused(4, "Private methods", lambda: call("res.partner", "_search", []))
refused(1, "cannot marshal None", lambda: call("res.partner", "action_archive", [partner]))
assert call("res.partner", "search", [["id", "=", partner]]) == [], "archived nevertheless, as in Odoo"
old = xmlrpc.client.ServerProxy(url + "/xmlrpc/object")
refused("AccessDenied", "Access Denied", lambda: old.execute(database, uid, "wrong", "res.partner", "search", []))

assert call("res.partner", "unlink", children[:1] + call("res.partner", "search", [["name", "=", "c"]])) is True
print("ok")
