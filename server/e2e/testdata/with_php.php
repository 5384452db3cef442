<?php
// What a script in PHP does with its XML-RPC extension, which the clients in Odoo's documentation for PHP stand on.
//
// Usage: php with_php.php URL DATABASE LOGIN PASSWORD OFFSET; a last line "ok" when all went well.

class Fault extends Exception {}

function post(string $url, string $method, array $args): mixed {
    $body = xmlrpc_encode_request($method, $args, ['encoding' => 'utf-8', 'escaping' => ['markup']]);
    $context = stream_context_create(['http' => ['method' => 'POST', 'header' => 'Content-Type: text/xml', 'content' => $body]]);
    $answer = xmlrpc_decode(file_get_contents($url, false, $context), 'utf-8');
    if (is_array($answer) && xmlrpc_is_fault($answer)) {
        throw new Fault($answer['faultString'], $answer['faultCode']);
    }
    return $answer;
}

function same(mixed $want, mixed $got): void {
    if ($want !== $got) {
        throw new Exception('want ' . var_export($want, true) . ', got ' . var_export($got, true));
    }
}

function refused(int $code, string $text, callable $do): void {
    try {
        $do();
    } catch (Fault $fault) {
        same($code, $fault->getCode());
        same(true, str_contains($fault->getMessage(), $text));
        return;
    }
    throw new Exception("not refused: $text");
}

[, $url, $db, $login, $password, $offset] = $argv;
same('18.0', post("$url/xmlrpc/2/common", 'version', [])['server_version']);
same(false, post("$url/xmlrpc/2/common", 'authenticate', [$db, $login, 'wrong', []]));
$uid = post("$url/xmlrpc/2/common", 'authenticate', [$db, $login, $password, []]);
same(true, is_int($uid) && $uid > 0);
$call = fn(string $model, string $method, array $args, array ...$kwargs) =>
    post("$url/xmlrpc/2/object", 'execute_kw', [$db, $uid, $password, $model, $method, $args, ...$kwargs]);

$lines = 'account.bank.statement.line';
$fields = ['date', 'payment_ref', 'amount', 'journal_id'];
$found = $call($lines, 'search_read', [[['amount', '>', 0]]],
    ['fields' => $fields, 'order' => 'amount desc, id', 'limit' => 3, 'offset' => (int) $offset]);
same(3, count($found));
same(true, $found[0]['amount'] >= $found[1]['amount'] && $found[1]['amount'] >= $found[2]['amount'] && $found[2]['amount'] > 0);
$line = $found[2];
same(true, $call($lines, 'write', [[$line['id']], ['payment_ref' => 'Vérifié: 3 < 4 & „bon“']]));
same([['id' => $line['id'], 'payment_ref' => 'Vérifié: 3 < 4 & „bon“']], $call($lines, 'read', [[$line['id']], ['payment_ref']]));
same(true, $call($lines, 'write', [[$line['id']], ['payment_ref' => $line['payment_ref']]]));
same([], $call($lines, 'search_read', [[['id', '=', 0]]], ['fields' => $fields]));

$id = $call('res.partner', 'create', [['name' => 'Crème Brûlée Ŝ.A.', 'is_company' => true]]);
same(['id' => $id, 'name' => 'Crème Brûlée Ŝ.A.', 'is_company' => true, 'parent_id' => false, 'child_ids' => []],
    $call('res.partner', 'read', [$id], ['fields' => ['name', 'is_company', 'parent_id', 'child_ids']])[0]);
same([[$id, 'Crème Brûlée Ŝ.A.']],
    $call('res.partner', 'name_search', [], ['name' => 'Brûlée', 'args' => [['id', '=', $id]], 'limit' => 1]));
same(true, $call('res.partner', 'unlink', [[$id]]));
same(0, $call('res.partner', 'search_count', [[['id', '=', $id]]]));
same('monetary', $call($lines, 'fields_get', [], ['attributes' => ['string', 'type']])['amount']['type']);

refused(2, 'has been deleted', fn() => $call('res.partner', 'write', [[$id], ['name' => 'x']]));
refused(1, "Invalid field 'ghost'", fn() => $call('res.partner', 'read', [[1], ['ghost']]));
refused(3, 'Access Denied', fn() => post("$url/xmlrpc/2/object", 'execute_kw', [$db, $uid, 'wrong', $lines, 'search', [[]]]));
echo "ok\n";
