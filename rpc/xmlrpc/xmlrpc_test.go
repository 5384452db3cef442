package xmlrpc_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/rpc/xmlrpc"
)

var bounds = xmlrpc.Bounds{Depth: 3, Values: 1000}

func document(values ...string) []byte {
	return []byte("<?xml version='1.0'?>\n<methodCall>\n<methodName>m</methodName>\n<params>\n<param>\n<value>" +
		strings.Join(values, "</value>\n</param>\n<param>\n<value>") + "</value>\n</param>\n</params>\n</methodCall>\n")
}

func TestValuesAreRead(t *testing.T) {
	for text, want := range map[string]any{
		"":                             "",
		" a <![CDATA[<b>]]>&lt;&#233;": " a <b><é",
		"<string> x </string>":         " x ",
		"<string/>":                    "",
		"\n <int> -7 </int>\n ":        json.Number("-7"),
		"<i4>+007</i4>":                json.Number("7"),
		"<i8>9223372036854775807</i8>": json.Number("9223372036854775807"),
		"<int>123456789012345678901234567890</int>":                 json.Number("123456789012345678901234567890"),
		"<double>1</double>":                                        json.Number("1.0"),
		"<double>-12.50</double>":                                   json.Number("-12.5"),
		"<double>1e300</double>":                                    json.Number("1e+300"),
		"<boolean>1</boolean>":                                      true,
		"<boolean>0</boolean>":                                      false,
		"<nil/>":                                                    nil,
		"<ex:nil xmlns:ex='http://ws.apache.org/xmlrpc'/>":          nil,
		"<dateTime.iso8601>20250131T23:59:58</dateTime.iso8601>":    "2025-01-31 23:59:58",
		"<dateTime.iso8601>2025-01-31T23:59:58Z</dateTime.iso8601>": "2025-01-31 23:59:58",
		"<base64>\n aGFs\n bG8=\n</base64>":                         "aGFsbG8=",
		"<array><data/></array>":                                    []any{},
		"<struct/>":                                                 map[string]any{},
		"<array><data><value>a</value><!-- no matter --><value><array><data><value><int>1</int></value></data></array></value></data>" +
			"</array>": []any{"a", []any{json.Number("1")}},
		"<struct><member><name>a b</name><value><struct><member><name/><value><nil/></value></member></struct></value></member>" +
			"</struct>": map[string]any{"a b": map[string]any{"": nil}},
	} {
		call, err := xmlrpc.Read(document(text), bounds)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(xmlrpc.Call{Method: "m", Params: []any{want}}, call); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestCallsAreRead(t *testing.T) {
	for text, want := range map[string]xmlrpc.Call{
		"<methodCall><methodName> version </methodName></methodCall>":                                                 {Method: "version"},
		"<methodCall><methodName>version</methodName><params/></methodCall><!-- end -->":                              {Method: "version"},
		`<?xml version="1.0" encoding="iso-8859-1"?><methodCall><methodName>` + "\xe9" + `</methodName></methodCall>`: {Method: "é"},
		"<methodCall><methodName>m</methodName><params><param><value>a</value></param><param></param></params></methodCall>": {Method: "m",
			Params: []any{"a"}},
		string(document("a", "<int>1</int>")): {Method: "m",
			Params: []any{"a", json.Number("1")}},
	} {
		call, err := xmlrpc.Read([]byte(text), bounds)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, call); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestHostileDocumentsAreRefused(t *testing.T) {
	nested := func(n int) string {
		return strings.Repeat("<array><data><value>", n) + strings.Repeat("</value></data></array>", n)
	}
	if _, err := xmlrpc.Read(document(nested(3)), bounds); err != nil {
		t.Errorf("three levels are allowed: %v", err)
	}
	const billion = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>`
	for name, c := range map[string]struct{ text, want string }{
		"empty":               {"", "ends early"},
		"no XML":              {`{"method": "x"}`, "text"},
		"cut off":             {"<methodCall><methodName>m</methodName>", "not well-formed"},
		"another document":    {"<html/>", "<methodCall> is missing"},
		"a document type":     {billion + string(document("&lol2;")), "document type"},
		"an external one":     {`<!DOCTYPE x SYSTEM "file:///etc/passwd">` + string(document("")), "document type"},
		"an unknown entity":   {string(document("&lol;")), "not well-formed"},
		"too deep":            {string(document(nested(4))), "nested deeper than 3"},
		"deep structs":        {string(document(strings.Repeat("<struct><member><name>a</name><value>", 4))), "nested deeper than 3"},
		"wrong ends":          {string(document("<int>1</string>")), "not well-formed"},
		"an unknown type":     {string(document("<money>1</money>")), "unknown type <money>"},
		"two values":          {string(document("<int>1</int><int>2</int>")), "<int> does not belong here"},
		"text beside a value": {string(document("a<int>1</int>")), "text before <int>"},
		"text after a value":  {string(document("<int>1</int>a")), "where a tag belongs"},
		"no number":           {string(document("<int>1.5</int>")), "invalid literal for int()"},
		"a number's name":     {string(document("<int>0x10</int>")), "invalid literal for int()"},
		"a long number":       {string(document("<int>" + strings.Repeat("9", 1000) + "</int>")), "invalid literal for int()"},
		"not a number":        {string(document("<double>nan</double>")), "could not convert"},
		"an endless number":   {string(document("<double>inf</double>")), "could not convert"},
		"a boolean's name":    {string(document("<boolean>true</boolean>")), "bad boolean"},
		"no date":             {string(document("<dateTime.iso8601>20250230T00:00:00</dateTime.iso8601>")), "time data"},
		"no base64":           {string(document("<base64>?</base64>")), "invalid base64"},
		"an unknown encoding": {`<?xml version="1.0" encoding="utf-99"?>` + string(document("")[21:]), "unknown encoding"},
		"two calls":           {string(document("")) + "<methodCall/>", "something follows"},
		"text after the call": {string(document("")) + "x", "something follows"},
		"broken UTF-8":        {string(document("\xff\xfe")), "not well-formed"},
		"a control character": {string(document("\x01")), "not well-formed"},
		"a member's order":    {string(document("<struct><member><value/><name/></member></struct>")), "<name> is missing"},
		"no param": {"<methodCall><methodName>m</methodName><params><value/></params></methodCall>",
			"<value> does not belong here"},
	} {
		if _, err := xmlrpc.Read([]byte(c.text), bounds); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want … %s …", name, err, c.want)
		}
	}
}

func TestValuesAreCounted(t *testing.T) {
	values := func(n int) []byte { // the list is one more
		return document("<array><data>" + strings.Repeat("<value/>", n-1) + "</data></array>")
	}
	if _, err := xmlrpc.Read(values(bounds.Values), bounds); err != nil {
		t.Errorf("as many as may be: %v", err)
	}
	if _, err := xmlrpc.Read(values(bounds.Values+1), bounds); err == nil || !strings.Contains(err.Error(), "more than 1000 values") {
		t.Errorf("got %v", err)
	}
}

func TestPeekReadsTheBeginning(t *testing.T) {
	whole := string(document("db", "<int>2</int>", "pw", "<array><data><value>x</value></data></array>"))
	for name, c := range map[string]struct {
		text string
		want []any
	}{
		"whole":             {whole, []any{"db", json.Number("2"), "pw"}},
		"cut off after":     {whole[:strings.Index(whole, "<array>")], []any{"db", json.Number("2"), "pw"}},
		"cut off within":    {whole[:strings.Index(whole, "pw")], []any{"db", json.Number("2")}},
		"fewer":             {string(document("db", "2")), []any{"db", "2"}},
		"a list among them": {string(document("db", "<array><data/></array>", "pw")), []any{"db"}},
		"a list first":      {string(document("<array><data/></array>", "db", "pw")), nil},
		"the first cut off": {whole[:strings.Index(whole, "db")+1], nil},
		"no params":         {"<methodCall><methodName>m</methodName></methodCall>", nil},
		"no call":           {"<html>", nil},
		"nothing":           {"", nil},
	} {
		got, ok := xmlrpc.Peek([]byte(c.text), 3)
		if ok != (c.want != nil) {
			t.Errorf("%s: got %v, %v", name, got, ok)
		}
		if diff := cmp.Diff(c.want, got); ok && diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestResultsAreWritten(t *testing.T) {
	const head, tail = "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n", "</param>\n</params>\n</methodResponse>\n"
	for text, want := range map[string]string{
		`true`:                      "<value><boolean>1</boolean></value>\n",
		`false`:                     "<value><boolean>0</boolean></value>\n",
		`-2147483648`:               "<value><int>-2147483648</int></value>\n",
		`2147483647`:                "<value><int>2147483647</int></value>\n",
		`1.0`:                       "<value><double>1.0</double></value>\n",
		`1e+20`:                     "<value><double>1e+20</double></value>\n",
		`"a<b>&\r\n\t\u0001\uffff"`: "<value><string>a&lt;b&gt;&amp;&#13;\n\t</string></value>\n",
		`[]`:                        "<value><array><data>\n</data></array></value>\n",
		`{}`:                        "<value><struct>\n</struct></value>\n",
		`[1,{"a<":[]}]`: "<value><array><data>\n<value><int>1</int></value>\n<value><struct>\n<member>\n<name>a&lt;</name>\n" +
			"<value><array><data>\n</data></array></value>\n</member>\n</struct></value>\n</data></array></value>\n",
	} {
		got, err := xmlrpc.AppendResult([]byte("before"), []byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff("before"+head+want+tail, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	for text, want := range map[string]error{
		`null`: xmlrpc.ErrNone, `[1,null]`: xmlrpc.ErrNone, `{"a":null}`: xmlrpc.ErrNone,
		`2147483648`: xmlrpc.ErrLarge, `[-2147483649]`: xmlrpc.ErrLarge,
	} {
		got, err := xmlrpc.AppendResult([]byte("before"), []byte(text))
		if !errors.Is(err, want) || string(got) != "before" {
			t.Errorf("%s: got %q, %v, want %v", text, got, err, want)
		}
	}
}

func TestFaultsAreWritten(t *testing.T) {
	const want = "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n%</member>\n" +
		"<member>\n<name>faultString</name>\n<value><string>no &lt;way&gt;</string></value>\n</member>\n</struct></value>\n</fault>\n" +
		"</methodResponse>\n"
	for code, value := range map[any]string{2: "<value><int>2</int></value>\n",
		"Access&": "<value><string>Access&amp;</string></value>\n"} {
		got := string(xmlrpc.AppendFault(nil, code, "no <way>"))
		if diff := cmp.Diff(strings.ReplaceAll(want, "%", value), got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", code, diff)
		}
	}
}

// FuzzRead: whatever comes, reading ends, and what was read can be written.
func FuzzRead(f *testing.F) {
	f.Add(document("<struct><member><name>a</name><value><int>1</int></value></member></struct>", "<array><data><value/></data></array>"))
	f.Add(document("<dateTime.iso8601>20250131T23:59:58</dateTime.iso8601>", "<double>-1.5</double>", "<base64>aGE=</base64>"))
	f.Add([]byte("<!DOCTYPE a [<!ENTITY b 'c'>]><methodCall/>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		call, err := xmlrpc.Read(body, xmlrpc.Bounds{Depth: 5, Values: 1000})
		if err != nil {
			return
		}
		text, err := json.Marshal(call.Params)
		if err != nil {
			t.Fatalf("what was read is no JSON: %v", err)
		}
		_, err = xmlrpc.AppendResult(nil, text)
		if err != nil && !errors.Is(err, xmlrpc.ErrNone) && !errors.Is(err, xmlrpc.ErrLarge) {
			t.Fatal(err)
		}
	})
}
