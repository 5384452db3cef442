# What a script in Ruby does with its XML-RPC client, as Odoo's documentation shows it.
#
# Usage: ruby with_ruby.rb URL DATABASE LOGIN PASSWORD OFFSET; a last line "ok" when all went well.
require "xmlrpc/client"

url, db, login, password, offset = ARGV

def same(want, got)
  raise "want #{want.inspect}, got #{got.inspect}" unless want == got
end

def refused(code, text)
  got = yield
rescue XMLRPC::FaultException => fault
  same(code, fault.faultCode)
  raise fault unless fault.faultString.include?(text)
else
  raise "not refused: #{got.inspect}"
end

common = XMLRPC::Client.new2("#{url}/xmlrpc/2/common", nil, 300)
same("18.0", common.call("version")["server_version"])
same(false, common.call("authenticate", db, login, "wrong", {}))
uid = common.call("authenticate", db, login, password, {})
raise "uid #{uid.inspect}" unless uid.is_a?(Integer) && uid.positive?

models = XMLRPC::Client.new2("#{url}/xmlrpc/2/object", nil, 300).proxy
call = ->(model, method, args, kwargs = {}) { models.execute_kw(db, uid, password, model, method, args, kwargs) }

lines = "account.bank.statement.line"
fields = %w[date payment_ref amount journal_id]
found = call.(lines, "search_read", [[["amount", ">", 0]]],
              { fields: fields, order: "amount desc, id", limit: 3, offset: offset.to_i })
same(3, found.size)
amounts = found.map { |row| row["amount"] }
same(amounts.sort.reverse, amounts)
line = found.last
same(true, call.(lines, "write", [[line["id"]], { payment_ref: "Geprüft: 3 < 4 & „gut“" }]))
same("Geprüft: 3 < 4 & „gut“", call.(lines, "read", [[line["id"]]], { fields: %w[payment_ref] })[0]["payment_ref"])
same(true, call.(lines, "write", [[line["id"]], { payment_ref: line["payment_ref"] }]))
same([], call.(lines, "search_read", [[["id", "=", 0]]], { fields: fields }))

id = call.("res.partner", "create", [{ name: "Žofie Ångström", is_company: true }])
same([{ "id" => id, "name" => "Žofie Ångström", "is_company" => true, "parent_id" => false, "child_ids" => [] }],
     call.("res.partner", "read", [id], { fields: %w[name is_company parent_id child_ids] }))
same([[id, "Žofie Ångström"]], call.("res.partner", "name_search", [], { name: "Ångström", args: [["id", "=", id]], limit: 1 }))
same(true, call.("res.partner", "unlink", [[id]]))
same(0, call.("res.partner", "search_count", [[["id", "=", id]]]))
same("monetary", call.(lines, "fields_get", [], { attributes: %w[string type] })["amount"]["type"])

refused(2, "has been deleted") { call.("res.partner", "write", [[id], { name: "x" }]) }
refused(1, "Invalid field 'ghost'") { call.("res.partner", "read", [[1], ["ghost"]]) }
refused(3, "Access Denied") { models.execute_kw(db, uid, "wrong", lines, "search", [[]]) }
puts "ok"
