// What a script made with odoo-xmlrpc-ts does: typed calls over XML-RPC.
//
// Usage: node with_odoo_xmlrpc_ts.js URL DATABASE LOGIN PASSWORD OFFSET; a last line "ok" when all went well.
const assert = require("node:assert/strict");
const { OdooClient, OdooError, OdooAuthenticationError } = require("odoo-xmlrpc-ts");

async function main(url, db, username, password, offset) {
  await assert.rejects(new OdooClient({ url, db, username, password: "wrong" }).authenticate(), OdooAuthenticationError);
  const odoo = new OdooClient({ url, db, username, password });
  assert.equal((await odoo.version()).server_version, "18.0");
  assert.ok((await odoo.authenticate()) > 0);

  const lines = "account.bank.statement.line";
  const wanted = [["amount", ">", 0], ["journal_id.type", "=", "bank"]];
  const fields = ["date", "payment_ref", "amount", "journal_id", "partner_id"];
  const found = await odoo.searchRead(lines, wanted, { fields, order: "amount desc, id", limit: 3, offset: Number(offset) });
  assert.equal(found.length, 3);
  assert.ok(found[0].amount >= found[1].amount && found[1].amount >= found[2].amount && found[2].amount > 0);
  assert.match(found[0].date, /^\d{4}-\d\d-\d\d$/);
  assert.equal(typeof found[0].journal_id[1], "string");
  const line = found[2];
  assert.equal(await odoo.write(lines, [line.id], { payment_ref: "Geprüft: 3 < 4 & „gut“" }), true);
  assert.equal((await odoo.read(lines, [line.id], ["payment_ref"]))[0].payment_ref, "Geprüft: 3 < 4 & „gut“");
  assert.equal(await odoo.write(lines, [line.id], { payment_ref: line.payment_ref }), true);
  assert.deepEqual(await odoo.searchRead(lines, [["id", "=", 0]], { fields }), []);

  const id = await odoo.create("res.partner", { name: "Zoë Müller-Łukasz", is_company: true, comment: false });
  const [partner] = await odoo.read("res.partner", [id], ["name", "is_company", "parent_id", "child_ids"]);
  assert.deepEqual(partner, { id, name: "Zoë Müller-Łukasz", is_company: true, parent_id: false, child_ids: [] });
  assert.deepEqual(await odoo.execute("res.partner", "name_search", [], { name: "Łukasz", args: [["id", "=", id]], limit: 1 }),
    [[id, "Zoë Müller-Łukasz"]]);
  assert.equal(await odoo.searchCount("res.partner", [["id", "=", id]]), 1);
  assert.equal(await odoo.unlink("res.partner", [id]), true);
  assert.deepEqual(await odoo.search("res.partner", [["id", "=", id]], { limit: 5 }), []);
  const shape = await odoo.fieldsGet(lines);
  assert.equal(shape.amount.type, "monetary");

  await assert.rejects(odoo.write("res.partner", [id], { name: "x" }), (e) => e instanceof OdooError && /has been deleted/.test(e.message));
  await assert.rejects(odoo.read("res.partner", [1], ["ghost"]), (e) => e instanceof OdooError && /Invalid field 'ghost'/.test(e.message));
  console.log("ok");
}

main(...process.argv.slice(2)).catch((e) => {
  console.error(e);
  process.exit(1);
});
