package archtest

import "slices"

// room is a package, or a tree of packages, and its place in the house. A
// package imports what stands on lower floors, and what is in its own room.
type room struct {
	floor int
	// path is below the module. A final "/..." takes in every package below;
	// "*" stands for any part of a name. The most exact path wins.
	path string
	// outside names what it may know of the world outside, besides the standard
	// library; see libraries. "anything" is no limit.
	outside string
}

// plan is the floor table.
func plan() []room { return slices.Concat(rooms(), onlinesync(), host()) }

// onlinesync are the rooms of that addon, from what they stand on to what joins them.
func onlinesync() []room {
	return []room{
		{10, "addon/onlinesync/failpoint", ""},
		{10, "addon/onlinesync/catalogue", "text"},
		{10, "addon/onlinesync/proof", "decimal"},
		{10, "addon/onlinesync/importing", "decimal text"},
		{10, "addon/onlinesync/worldtest", "decimal"},
		{11, "addon/onlinesync/record", "decimal"},
		{12, "addon/onlinesync/provider", ""},
		{12, "addon/onlinesync/ledger", ""},
		{12, "addon/onlinesync/quota", ""},
		{12, "addon/onlinesync/vault", ""},
		{12, "addon/onlinesync/notice", ""},
		{13, "addon/onlinesync/books", "decimal"},
		{13, "addon/onlinesync/consent", ""},
		{13, "addon/onlinesync/declare", ""},
		{13, "addon/onlinesync/hook", ""},
		{14, "addon/onlinesync/balance", "decimal"},
		{14, "addon/onlinesync/run", "decimal"},
		{15, "addon/onlinesync/step", ""},
		{15, "addon/onlinesync/fetch", ""},
		{15, "addon/onlinesync/institution", ""},
		{16, "addon/onlinesync/apply", "decimal text"},
		{16, "addon/onlinesync/connect", ""},
		{17, "addon/onlinesync/repair", "decimal"},
		{17, "addon/onlinesync/review", ""},
		{17, "addon/onlinesync/filing", "decimal"},
		{17, "addon/onlinesync/sync", ""},
		{17, "addon/onlinesync/support", ""},
		{17, "addon/onlinesync/webhook", ""},
		{17, "addon/onlinesync/expiry", ""},
		{18, "addon/onlinesync", "decimal"},
	}
}

// rooms are those below the host, from the ground up.
func rooms() []room {
	return []room{
		{0, "addon/fault", "go-i18n toml text"},
		{0, "plugins/sdk", ""},
		{0, "rpc/jsonrpc", ""},
		{0, "conf", "toml"},
		{0, "server/web", ""},
		{0, "addon/orm/schema", "decimal text"}, // a dialect speaks of field types

		{1, "addon/orm/domain", "decimal text"},
		{1, "addon/orm/dialect", "decimal text"},
		{1, "addon/secret", "tink crypto"},
		{1, "plugins/sdk/wire/...", "go-plugin grpc"},
		{1, "plugins/sdk/rest/...", ""}, // HTTP for the services of banks
		// For tests alone, and apart from resttest: providers of others do not take a library for OpenAPI along.
		{1, "plugins/sdk/rest/resttest/described", "libopenapi"},
		{1, "rpc/xmlrpc", "text"},
		{1, "rpc/session", ""},

		{2, "addon/orm/query", "decimal text"},
		{2, "addon/orm/dialect/sqlite", "sqlite3 decimal text"},
		{2, "addon/orm/dialect/postgres", "pgx decimal text"},
		{2, "plugins/host", "go-plugin grpc sync sys toml"},
		{2, "plugins/sdk/serve", "go-plugin grpc"},
		{2, "plugins/*/...", "anything"}, // a provider: its own needs, HTTP among them
		{2, "rpc/ws", "websocket jsonrpc2 go-json sync"},

		{3, "plugins/*/cmd/girosync-provider-*", "anything"}, // calls serve
		{3, "plugins/files/anonymise", ""},                   // reads with the readers
		{3, "addon/orm/migrate", "goose"},
		{3, "addon/orm/dialect/dialecttest", "decimal go-cmp rapid pgx"},
		{3, "plugins/sdk/sdktest", "go-cmp rapid grpc"}, // a provider is tested over the wire

		{4, "addon/orm", "decimal text sync bluemonday"},

		{5, "addon", ""},
		{5, "rpc", "go-json decimal jsonrpc2"},
		{5, "addon/orm/ormtest", "anything"},

		{6, "addon/base/...", "decimal text currency"},
		{7, "addon/bus/...", ""},
		{8, "addon/mail/...", ""},
		{9, "addon/account/...", "decimal text"},
	}
}

// host are the rooms that make a host of the others.
func host() []room {
	return []room{
		{19, "server/databases/...", "decimal river goose pgx sqlite3 sync"},
		{19, "server/jobs/...", "river goose pgx sqlite3 sync"},
		{19, "server/httpd/...", "prometheus sync text"},
		{19, "server/postman", "go-mail"},

		{20, "server/entrance", ""}, // asks the databases for sessions and wrong log-ins

		{21, "server", "anything"},

		{22, "server/cmd/girosync/...", "anything"},
		{22, "server/e2e/...", "anything"},
		{22, "server/servertest", "anything"},
		{21, "server/guide", "anything"},
		{21, "server/simulation", "anything"},
		{22, "server/archtest", ""},
		{22, "scripts/...", "anything"},
	}
}

// libraries are the short names of the plan for the world outside.
func libraries() map[string][]string {
	return map[string][]string{
		"bluemonday": {"github.com/microcosm-cc/bluemonday"},
		"crypto":     {"golang.org/x/crypto/"},
		"currency":   {"github.com/bojanz/currency"},
		"decimal":    {"github.com/govalues/decimal"},
		"go-cmp":     {"github.com/google/go-cmp/"},
		"go-i18n":    {"github.com/nicksnyder/go-i18n/v2/"},
		"go-json":    {"github.com/goccy/go-json"},
		"go-mail":    {"github.com/wneessen/go-mail"},
		"go-plugin":  {"github.com/hashicorp/go-plugin", "github.com/hashicorp/go-hclog"},
		"goose":      {"github.com/pressly/goose/v3"},
		"grpc":       {"google.golang.org/grpc", "google.golang.org/protobuf/"},
		"libopenapi": {"github.com/pb33f/libopenapi", "github.com/pb33f/libopenapi-validator", "github.com/pb33f/go-yaml"},
		"jsonrpc2":   {"github.com/sourcegraph/jsonrpc2"},
		"pgx":        {"github.com/jackc/pgx/v5"},
		"prometheus": {"github.com/prometheus/client_golang/"},
		"rapid":      {"pgregory.net/rapid"},
		"river":      {"github.com/riverqueue/river"},
		"sqlite3":    {"github.com/mattn/go-sqlite3"},
		"sync":       {"golang.org/x/sync/"},
		"sys":        {"golang.org/x/sys/"},
		"text":       {"golang.org/x/text/"},
		"tink":       {"github.com/tink-crypto/tink-go/v2/"},
		"toml":       {"github.com/BurntSushi/toml"},
		"websocket":  {"github.com/gorilla/websocket"},
	}
}

// never forbids arrows that the floors alone would allow.
type never struct {
	from, to, but []string // paths as in room; but takes paths out of to
	why           string
}

// nevers is the list that stands below the floor table.
func nevers() []never {
	return []never{
		{
			from: []string{"addon/..."},
			to:   []string{"rpc/...", "server/...", "plugins/..."},
			but:  []string{"plugins/sdk"},
			why:  "addons never see HTTP, gRPC or a database driver, and of the plugins only plugins/sdk",
		},
		{
			from: []string{"addon/..."},
			to:   []string{"net/http/...", "net/rpc/...", "google.golang.org/grpc/...", "github.com/hashicorp/go-plugin/..."},
			why:  "addons never see HTTP or gRPC",
		},
		{
			from: []string{"addon", "addon/fault", "addon/secret", "addon/orm/...", "addon/base/...", "addon/bus/...", "addon/mail/...",
				"addon/account/..."},
			to:  []string{"plugins/..."},
			why: "of the addons only onlinesync knows providers, by plugins/sdk",
		},
		{
			from: []string{"addon/...", "rpc/...", "plugins/..."},
			to:   []string{"addon/orm/dialect/sqlite", "addon/orm/dialect/postgres"},
			why:  "only server chooses a database",
		},
		{
			from: []string{"plugins/..."},
			to:   []string{"addon/...", "rpc/...", "server/...", "conf"},
			why:  "plugins never see addons; arrows go server → plugins",
		},
		{
			from: []string{"plugins/*/..."},
			to:   []string{"plugins/..."},
			but:  []string{"plugins/sdk", "plugins/sdk/rest/..."},
			why:  "a provider imports nothing of ours but plugins/sdk and plugins/sdk/rest; its main also plugins/sdk/serve",
		},
		{
			from: []string{"plugins/*/cmd/girosync-provider-*"},
			to:   []string{"plugins/..."},
			but:  []string{"plugins/sdk/..."},
			why:  "a provider's main imports nothing of ours but its provider and plugins/sdk",
		},
		{
			from: []string{"rpc/..."},
			to:   []string{"plugins/...", "server/..."},
			why:  "arrows go server → rpc → addon → plugins/sdk",
		},
		{
			from: []string{"addon/...", "rpc/...", "plugins/...", "server/databases/...", "server/jobs/...", "server/httpd/...",
				"server/entrance", "server/postman", "server/web"},
			to:  []string{"conf"},
			why: "nothing below server imports conf",
		},
	}
}

// testSupport are packages that only tests use, or (sdktest) a command that
// tests. Like _test.go files they reach up to what they test; others must not
// import the first two.
func testSupport() []string {
	return []string{"addon/orm/ormtest", "addon/orm/dialect/dialecttest", "plugins/sdk/sdktest", "server/servertest"}
}

// topLevel is what may stand at the top, besides dot files and what git ignores.
func topLevel() []string {
	return []string{
		"addon", "conf", "findings", "plugins", "rpc", "scripts", "server",
		"go.mod", "go.sum", "LICENSE", "Makefile", "README.md",
	}
}

// emptyNames are package names that say nothing about what is inside.
func emptyNames() []string {
	return []string{"util", "utils", "common", "helper", "helpers", "misc", "models"}
}
