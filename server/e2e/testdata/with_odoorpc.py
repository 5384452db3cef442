"""What a script made for Odoo does with journals and statement lines.

Usage: with_odoorpc.py PORT DATABASE; exit status 0 and a last line "ok" when all went well.
"""
import sys
import time

import odoorpc

port, database = int(sys.argv[1]), sys.argv[2]
odoo = odoorpc.ODOO("127.0.0.1", port=port, timeout=60)
assert odoo.version.startswith("18.0"), odoo.version
assert database in odoo.db.list(), odoo.db.list()
try:
    odoo.login(database, "admin", "wrong")
except odoorpc.error.RPCError as refused:
    assert "denied" in str(refused).lower(), refused
else:
    raise AssertionError("a wrong password was taken")
odoo.login(database, "admin", "admin")
assert odoo.env.user.login == "admin", odoo.env.user.login
assert odoo.env.user.company_id.name, "the user has no company"

Journal = odoo.env["account.journal"]
ids = Journal.search([("bank_statements_source", "=", "online_sync")])
assert ids, "no journal is fed online"
fields = Journal.fields_get(["bank_statements_source", "account_online_link_id"])
assert fields["bank_statements_source"]["type"] == "selection", fields
for journal in Journal.browse(ids):
    assert journal.name and journal.code and journal.type in ("bank", "credit", "cash"), journal
    assert journal.account_online_account_id.currency_id.name == (journal.currency_id.name or journal.company_id.currency_id.name)
    assert journal.account_online_link_id.institution_id.provider_id.name == "demo"

Line = odoo.env["account.bank.statement.line"]
found = Line.search([("journal_id", "in", ids)], order="date desc, id desc", limit=80)
assert len(found) == 80, len(found)
lines = list(Line.browse(found))
assert sorted((line.date for line in lines), reverse=True) == [line.date for line in lines]
for line in lines[:10]:
    assert line.statement_id.journal_id == line.journal_id, line
    assert isinstance(line.amount, float) and line.payment_ref, line
    assert line.currency_id.name in ("EUR", "USD"), line.currency_id.name
    assert line.id in line.statement_id.line_ids.ids
rows = Line.search_read([("id", "in", found)], ["amount", "journal_id"], order="id")
assert {row["id"] for row in rows} == set(found)

line = lines[0]
line.payment_ref = "changed by a script"
assert Line.read(line.id, ["payment_ref"])[0]["payment_ref"] == "changed by a script"

runs = odoo.env["account.online.run"]
started = Journal.manual_sync(ids)
assert started, "manual_sync names no run"
for attempt in range(300):
    states = {row["state"] for row in runs.read(started, ["state"])}
    if states == {"done"}:
        break
    time.sleep(0.1)
outcomes = {run.outcome for run in runs.browse(started)}
assert outcomes <= {"ok", "nothing_new"}, outcomes

assert odoo.execute("account.journal", "search_count", []) == len(Journal.search([]))
assert odoo.logout()
print("ok")
