// What a script made with odoo-xmlrpc does, the oldest client on npm: callbacks, and arguments as XML-RPC has them.
//
// Usage: node with_odoo_xmlrpc.js URL DATABASE LOGIN PASSWORD OFFSET; a last line "ok" when all went well.
const assert = require("node:assert/strict");
const { promisify } = require("node:util");
const Odoo = require("odoo-xmlrpc");

async function main(url, db, username, password, offset) {
  const wrong = new Odoo({ url, db, username, password: "wrong" });
  await assert.rejects(promisify(wrong.connect).call(wrong), { message: "No UID returned from authentication." });
  const odoo = new Odoo({ url, db, username, password });
  assert.ok((await promisify(odoo.connect).call(odoo)) > 0);
  // Its users nest what it passes on: [[arguments], {named arguments}].
  const call = (model, method, args, kwargs) => promisify(odoo.execute_kw).call(odoo, model, method, kwargs ? [args, kwargs] : [args]);

  const lines = "account.bank.statement.line";
  const fields = ["date", "payment_ref", "amount", "journal_id"];
  const found = await call(lines, "search_read", [[["amount", ">", 0]], fields, Number(offset), 3, "amount desc, id"]);
  assert.equal(found.length, 3);
  assert.ok(found[0].amount >= found[1].amount && found[1].amount >= found[2].amount && found[2].amount > 0);
  const line = found[2];
  assert.equal(await call(lines, "write", [[line.id], { payment_ref: "Vérifié <&>" }]), true);
  assert.equal((await call(lines, "read", [[line.id]], { fields: ["payment_ref"] }))[0].payment_ref, "Vérifié <&>");
  assert.equal(await call(lines, "write", [[line.id], { payment_ref: line.payment_ref }]), true);
  assert.deepEqual(await call(lines, "search_read", [[["id", "=", 0]]], { fields }), []);

  const id = await call("res.partner", "create", [{ name: "Café Zoë", is_company: true }]);
  const read = await call("res.partner", "read", [[id], ["name", "is_company", "parent_id"]]);
  assert.deepEqual(read, [{ id, name: "Café Zoë", is_company: true, parent_id: false }]);
  assert.equal(await call("res.partner", "unlink", [[id]]), true);
  assert.deepEqual(await call("res.partner", "search", [[["id", "=", id]]], { context: { active_test: false } }), []);
  assert.equal((await call(lines, "fields_get", [], { attributes: ["type"] })).amount.type, "monetary");

  await assert.rejects(call("res.partner", "write", [[id], { name: "x" }]), (e) => e.faultCode === 2);
  await assert.rejects(call("res.partner", "read", [[1], ["ghost"]]), (e) => e.faultCode === 1 && /'ghost'/.test(e.faultString));
  console.log("ok");
}

main(...process.argv.slice(2)).catch((e) => {
  console.error(e);
  process.exit(1);
});
