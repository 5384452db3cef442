// What a script made with odoo-await does: CRUD over XML-RPC, external ids.
//
// Usage: node with_odoo_await.js URL DATABASE; exit status 0 and a last line "ok" when all went well.
const assert = require("node:assert/strict");
const Odoo = require("odoo-await");

async function main(url, db) {
  const wrong = new Odoo({ baseUrl: url, db, username: "admin", password: "wrong" });
  await assert.rejects(wrong.connect());

  const odoo = new Odoo({ baseUrl: url, db, username: "admin", password: "admin" });
  assert.ok((await odoo.connect()) > 0);

  const id = await odoo.create("res.partner", { name: "Kässa & <Co>", email: "a@example.com" }, "await-1");
  const [partner] = await odoo.read("res.partner", [id], ["name", "email", "parent_id", "active"]);
  assert.deepEqual(partner, { id, name: "Kässa & <Co>", email: "a@example.com", parent_id: false, active: true });
  assert.equal(await odoo.update("res.partner", id, { phone: "123" }), true);
  assert.deepEqual(await odoo.search("res.partner", { email: "a@example.com", phone: "123" }), [id]);
  const rows = await odoo.searchRead("res.partner", [["id", "=", id]], ["name", "phone"], { limit: 1, order: "id desc" });
  assert.deepEqual(rows, [{ id, name: "Kässa & <Co>", phone: "123" }]);
  assert.equal((await odoo.readByExternalId("await-1", ["name"])).name, "Kässa & <Co>");
  const fields = await odoo.getFields("res.partner", ["type", "string"]);
  assert.equal(fields.parent_id.type, "many2one");
  await assert.rejects(odoo.read("res.partner", [id], ["ghost"]), (e) => e.faultCode === 1);
  assert.equal(await odoo.delete("res.partner", id), true);
  assert.deepEqual(await odoo.search("res.partner", { id }), []);

  const journals = await odoo.searchRead("account.journal", [["type", "=", "bank"]], ["name", "code", "currency_id"]);
  assert.ok(journals.length > 0 && journals.every((j) => j.code.length > 0));
  console.log("ok");
}

main(process.argv[2], process.argv[3]).catch((e) => {
  console.error(e);
  process.exit(1);
});
