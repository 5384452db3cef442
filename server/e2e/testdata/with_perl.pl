# What a script in Perl does with RPC::XML.
#
# Usage: perl with_perl.pl URL DATABASE LOGIN PASSWORD OFFSET; a last line "ok" when all went well.
use strict;
use warnings;
use utf8;
use RPC::XML;
use RPC::XML::Client;

$RPC::XML::ENCODING = 'utf-8';
my ($url, $db, $login, $password, $offset) = map { utf8::decode(my $text = $_); $text } @ARGV;

sub post {
    my ($door, @args) = @_;
    my $answer = RPC::XML::Client->new("$url/xmlrpc/2/$door")->send_request(@args);
    die "no answer: $answer\n" unless ref $answer;
    die $answer if $answer->is_fault;
    return $answer->value;
}

sub same {
    my ($want, $got, $what) = @_;
    utf8::decode($got) unless utf8::is_utf8($got);
    die "$what: want $want, got $got\n" unless $want eq $got;
}

sub refused {
    my ($code, $text, $do) = @_;
    eval { $do->(); 1 } and die "not refused: $text\n";
    die $@ unless ref $@;
    same($code, $@->code, $text);
    die $@->string unless index($@->string, $text) >= 0;
}

same('18.0', post('common', 'version')->{server_version}, 'version');
same(0, post('common', 'authenticate', $db, $login, 'wrong', {}), 'a wrong password');
my $uid = post('common', 'authenticate', $db, $login, RPC::XML::string->new($password), {});

sub call {
    my ($model, $method, $args, $kwargs) = @_;
    return post('object', 'execute_kw', $db, $uid, RPC::XML::string->new($password), $model, $method, $args, $kwargs // {});
}

my $lines  = 'account.bank.statement.line';
my $fields = [qw(date payment_ref amount journal_id)];
my $found  = call($lines, 'search_read', [[['amount', '>', 0]]],
    { fields => $fields, order => 'amount desc, id', limit => 3, offset => $offset });
same(3, scalar @$found, 'lines');
die 'order' unless $found->[0]{amount} >= $found->[1]{amount} && $found->[1]{amount} >= $found->[2]{amount};
my $line = $found->[2];
same(1, call($lines, 'write', [[$line->{id}], { payment_ref => 'Kontrolliert: 3 < 4 & fünf' }]), 'write');
same('Kontrolliert: 3 < 4 & fünf', call($lines, 'read', [[$line->{id}], ['payment_ref']])->[0]{payment_ref}, 'read');
same(1, call($lines, 'write', [[$line->{id}], { payment_ref => RPC::XML::string->new($line->{payment_ref}) }]), 'write');
same(0, scalar @{ call($lines, 'search_read', [[['id', '=', 0]]], { fields => $fields }) }, 'nothing');

my $id = call('res.partner', 'create', [{ name => 'Żaneta Großmann', is_company => RPC::XML::boolean->new(1) }]);
my ($read) = @{ call('res.partner', 'read', [[$id], ['name', 'is_company']]) };
same('Żaneta Großmann', $read->{name}, 'name');
same(1, $read->{is_company}, 'is_company');
same($id, call('res.partner', 'name_search', [], { name => 'Großmann', args => [['id', '=', $id]], limit => 1 })->[0][0], 'name_search');
same(1, call('res.partner', 'unlink', [[$id]]), 'unlink');
same(0, call('res.partner', 'search_count', [[['id', '=', $id]]]), 'search_count');
same('monetary', call($lines, 'fields_get', [], { attributes => ['type'] })->{amount}{type}, 'fields_get');

refused(2, 'has been deleted', sub { call('res.partner', 'write', [[$id], { name => 'x' }]) });
refused(1, q(Invalid field 'ghost'), sub { call('res.partner', 'read', [[1], ['ghost']]) });
print "ok\n";
