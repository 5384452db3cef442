"""How odoorpc works with records: lazily, by assignment, with contexts.

Usage: with_odoorpc_records.py PORT DATABASE; exit status 0 and a last line "ok" when all went well.
"""
import sys

import odoorpc

port, database = int(sys.argv[1]), sys.argv[2]
odoo = odoorpc.ODOO("127.0.0.1", port=port, timeout=60)
odoo.login(database, "admin", "admin")
assert set(odoo.env.context) >= {"lang", "tz"}, odoo.env.context
assert "res.partner" in odoo.env and "no.such.model" not in odoo.env
assert odoo.env.ref("base.main_company").id == odoo.env.user.company_id.id

Partner = odoo.env["res.partner"]
acme = Partner.create({"name": "Acme by odoorpc", "is_company": True})
first, second = Partner.create([{"name": "One", "parent_id": acme}, {"name": "Two", "parent_id": acme}])
company = Partner.browse(acme)
assert company.name == "Acme by odoorpc" and company.is_company is True and company.street is False
assert sorted(child.name for child in company.child_ids) == ["One", "Two"]
assert Partner.browse(first).parent_id.id == acme and Partner.browse(first).parent_id.parent_id.id is None
assert not company.parent_id and list(company.user_ids if hasattr(company, "user_ids") else []) == []

company.street = "Main Street 1"  # an assignment writes at once
assert Partner.read(acme, ["street"])[0]["street"] == "Main Street 1"
Partner.browse(second).parent_id = False
assert Partner.search([("parent_id", "=", acme)]) == [first]
Partner.browse(second).parent_id = company
company.child_ids -= second
assert second not in Partner.browse(acme).child_ids.ids
company.write({"comment": "<p>x</p>", "child_ids": [(0, 0, {"name": "Three"})]})
assert len(Partner.browse(acme).child_ids) == 2

with_lang = Partner.with_context(lang="nl_NL")
assert with_lang.fields_get(["street"])["street"]["string"] == "Straat"
assert Partner.fields_get(["street"])["street"]["string"] == "Street"
dutch = odoo.execute_kw("res.partner", "fields_get", [["city"]], {"context": {"lang": "nl_NL"}, "attributes": ["string"]})
assert dutch == {"city": {"string": "Plaats"}}, dutch
company.active = False
assert Partner.search([("id", "=", acme)]) == []
assert Partner.with_context(active_test=False).search([("id", "=", acme)]) == [acme]

try:
    Partner.browse(99999999).name
except Exception as error:
    assert isinstance(error, (ValueError, IndexError, odoorpc.error.Error)), repr(error)
try:
    odoo.execute("res.partner", "write", [99999999], {"name": "x"})
except odoorpc.error.RPCError as error:
    assert error.info["data"]["name"] == "odoo.exceptions.MissingError", error.info
else:
    raise AssertionError("a record that is not there was written")

assert odoo.env["account.journal"].search_count([]) == odoo.execute("account.journal", "search_count", [])
journal = odoo.env["account.journal"].browse(odoo.env["account.journal"].search([], limit=1)[0])
message = journal.message_post(body="hello <b>", message_type="comment")
assert message and odoo.env["mail.message"].browse(message).body == "<p>hello &lt;b&gt;</p>"
assert message in journal.message_ids.ids

everybody = Partner.with_context(active_test=False).search([("id", "child_of", acme)])
Partner.unlink(everybody)
assert Partner.with_context(active_test=False).search([("id", "in", everybody)]) == []
assert odoo.logout()
try:
    odoo.env.user.name
except odoorpc.error.Error:
    pass
else:
    raise AssertionError("a log-out does not log out")
print("ok")
