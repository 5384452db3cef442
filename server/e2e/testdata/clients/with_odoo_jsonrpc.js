// What a script made with @fernandoslim/odoo-jsonrpc does: a session of the browser's door, then a key with /jsonrpc.
//
// Usage: node with_odoo_jsonrpc.js URL DATABASE LOGIN PASSWORD OFFSET; a last line "ok" when all went well.
const assert = require("node:assert/strict");
const { default: OdooJSONRpc, isCredentialsResponse } = require("@fernandoslim/odoo-jsonrpc");

async function work(odoo, offset) {
  const lines = "account.bank.statement.line";
  const fields = ["date", "payment_ref", "amount", "journal_id"];
  const found = await odoo.searchRead(lines, [["amount", ">", 0]], fields, { order: "amount desc, id", limit: 3, offset });
  assert.equal(found.length, 3);
  assert.ok(found[0].amount >= found[1].amount && found[1].amount >= found[2].amount && found[2].amount > 0);
  const line = found[2];
  assert.equal(await odoo.update(lines, line.id, { payment_ref: "Nagezien: één < twee" }), true);
  assert.equal((await odoo.read(lines, line.id, ["payment_ref"]))[0].payment_ref, "Nagezien: één < twee");
  assert.equal(await odoo.update(lines, line.id, { payment_ref: line.payment_ref }), true);
  assert.deepEqual(await odoo.searchRead(lines, [["id", "=", 0]], fields), []);

  const id = await odoo.create("res.partner", { name: "Žofie & Søn", is_company: true, email: null });
  assert.ok(await odoo.createExternalId("res.partner", id, `slim-${id}`));
  assert.equal(await odoo.searchByExternalId(`slim-${id}`), id);
  assert.deepEqual(await odoo.readByExternalId(`slim-${id}`, ["name", "email"]), { id, name: "Žofie & Søn", email: false });
  assert.equal(await odoo.updateByExternalId(`slim-${id}`, { phone: "+32 2 555 12 12" }), true);
  assert.deepEqual(await odoo.search("res.partner", [["id", "=", id], ["phone", "like", "555"]]), [id]);
  assert.deepEqual(await odoo.call_kw("res.partner", "name_search", [], { name: "Žofie", args: [["id", "=", id]], limit: 1 }),
    [[id, "Žofie & Søn"]]);
  assert.equal(await odoo.deleteByExternalId(`slim-${id}`), true);
  assert.deepEqual(await odoo.search("res.partner", [["id", "=", id]]), []);
  assert.equal((await odoo.getFields(lines)).amount.type, "monetary");

  await assert.rejects(odoo.update("res.partner", id, { name: "x" }), /has been deleted/);
  await assert.rejects(odoo.read("res.partner", 1, ["ghost"]), /Invalid field 'ghost'/);
}

async function main(url, db, username, password, offset) {
  const at = { baseUrl: url.replace(/:\d+$/, ""), port: Number(url.match(/\d+$/)[0]), db, username };
  await assert.rejects(new OdooJSONRpc({ ...at, password: "wrong" }).connect());

  const session = new OdooJSONRpc({ ...at, password });
  const info = await session.connect();
  assert.ok(isCredentialsResponse(info) && info.username === username && info.db === db && info.uid > 0);
  assert.deepEqual(info.server_version_info.slice(0, 2), [18, 0]);
  await work(session, Number(offset));
  const resumed = new OdooJSONRpc({ ...at, sessionId: session.sessionId });
  assert.equal((await resumed.connect()).uid, info.uid);
  assert.equal(await session.disconnect(), true);
  await assert.rejects(resumed.searchRead("res.partner", [], ["name"]), /[Ss]ession/);

  const key = new OdooJSONRpc({ ...at, apiKey: password }); // a password is good where a key is
  assert.deepEqual(await key.connect(), { uid: info.uid });
  await work(key, Number(offset));
  console.log("ok");
}

main(...process.argv.slice(2)).catch((e) => {
  console.error(e);
  process.exit(1);
});
