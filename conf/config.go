package conf

import (
	_ "embed"
	"log/slog"
	"net/netip"
	"time"
)

// Example is the documented configuration file; its values are the defaults.
//
//go:embed girosync.example.toml
var Example string

// Config is a complete and valid configuration. The keys of
// girosync.example.toml say what each field means.
type Config struct {
	Server    Server
	Database  Database
	Limits    Limits
	Session   Session
	Login     Login
	Passwords Passwords
	Retention Retention
	Sync      Sync
	Plugins   Plugins
	Secrets   Secrets
	Mail      Mail
	Hooks     Hooks
	Log       Log
	// Providers holds each provider's own settings by the provider's name.
	Providers map[string]Settings
}

// Server is where the host listens and who reaches it.
type Server struct {
	Listen         string         // host:port
	DataDir        string         // SQLite files, the key set
	PublicURL      string         // as people's browsers reach it, without a final slash
	TrustedProxies []netip.Prefix // whose X-Forwarded-* headers are believed
	AllowedOrigins []string       // scheme://host[:port], besides PublicURL's own
	AnyOrigin      bool           // whether pages of any site may open sockets with a session
	DeprecatedOn   time.Time      // the day from which /jsonrpc and /xmlrpc are called deprecated; zero for never
}

// Database is where the data is, and what clients may do with databases.
type Database struct {
	URL  Secret // postgres://…, or "" for SQLite under Server.DataDir
	List bool   // whether clients may ask for the names
	// MasterPasswordFile holds the password, or its argon2id hash, for service
	// "db"; "" turns that service off. It is read at each use.
	MasterPasswordFile string
	ChangeTime         time.Duration // of one dump, restore or copy over the network
}

// Limits bound what one client can ask.
type Limits struct {
	BodySize         int64 // bytes
	NestingDepth     int   // of JSON values
	DomainSize       int   // terms
	IDsPerCall       int
	RecordsPerAnswer int
	CallTime         time.Duration
	ConcurrentCalls  int
	ValuesPerRequest int
	UnknownSize      int64 // bytes of a request before it is known who sends it
	UnknownCalls     int   // at the same time
	AnswerSize       int64 // bytes
}

// Session is about logged-in clients.
type Session struct {
	Lifetime time.Duration // since the last call
}

// Login is what wrong log-ins lead to.
type Login struct {
	Failures           int           // of one user from one address
	FailuresPerAddress int           // of one address, whoever it tries to be
	FailuresPerUser    int           // of one user, from all addresses together
	LockTime           time.Duration // the first lock; each further one is twice as long
	LongestLock        time.Duration
}

// Passwords is what people may choose, and what checking one costs.
type Passwords struct {
	MinLength  int
	HashMemory int64 // bytes that argon2id takes
	HashPasses int   // how often it goes over them
}

// Retention is how long rows are kept that nobody needs for ever.
type Retention struct {
	Bus time.Duration
	Run time.Duration
	Raw time.Duration
}

// Sync is when connections are synchronised.
type Sync struct {
	Interval     time.Duration
	Spread       time.Duration // over which many are spread that are due at once
	LookBackDays int
	Lease        time.Duration // how long a run stays with a host that gives no sign
	Chunk        int           // transactions that are applied together
	KeepFiles    int64         // bytes up to which a statement file is kept as an attachment
}

// Plugins is where provider programs are and how they are kept.
type Plugins struct {
	Dir         string
	TrustedFile string
	IdleTime    time.Duration
	StartTime   time.Duration
	CallTime    time.Duration
	Memory      int64  // bytes that one may hold
	Nice        int    // 0 to 19
	User        string // account of the system; "" for the host's own
	Proxy       Secret // URL, may hold a password; "" for none
	CAFile      string
	Demo        bool // whether the banks of the provider "demo" are offered
	// Feedback are the providers whose authors may get figures from this host.
	Feedback []string
}

// Secrets is where the keys are that seal secrets at rest.
type Secrets struct {
	KeySetFile string
}

// Mail is the server to which e-mail is handed over.
type Mail struct {
	Host         string // "" when no e-mail is sent
	Port         int    // 0: as Security says
	Security     string // starttls, tls or none
	User         string // "" when the server asks for none
	PasswordFile string // read at each use
	From         string // an address, with or without a name
	SendTime     time.Duration
	CAFile       string
}

// Hooks is where notices may be posted to.
type Hooks struct {
	Networks []netip.Prefix // that may be reached although they are not public
	Plain    bool           // whether http may reach this machine itself
	SendTime time.Duration
	CAFile   string
}

// Log is what is logged, and how.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// Default is the configuration that an empty file and an empty environment
// mean, before [Load] fills in what depends on other keys.
func Default() Config {
	return Config{
		Server:   Server{Listen: "127.0.0.1:8069", DataDir: "data"},
		Database: Database{List: true, ChangeTime: time.Hour},
		Limits: Limits{
			BodySize: 64 << 20, NestingDepth: 100, DomainSize: 10_000, IDsPerCall: 100_000,
			RecordsPerAnswer: 100_000, CallTime: time.Minute, ConcurrentCalls: 64,
			ValuesPerRequest: 1_000_000, UnknownSize: 8 << 10, UnknownCalls: 128, AnswerSize: 128 << 20,
		},
		Session: Session{Lifetime: 7 * day},
		Login: Login{Failures: 5, FailuresPerAddress: 50, FailuresPerUser: 100,
			LockTime: time.Minute, LongestLock: 15 * time.Minute},
		Passwords: Passwords{MinLength: 8, HashMemory: 19 << 20, HashPasses: 2},
		Retention: Retention{Bus: day, Run: 365 * day, Raw: 90 * day},
		Sync: Sync{Interval: 12 * time.Hour, Spread: 30 * time.Minute, LookBackDays: 10, Lease: time.Minute, Chunk: 4000,
			KeepFiles: 32 << 20},
		Plugins:   Plugins{IdleTime: 10 * time.Minute, StartTime: 30 * time.Second, CallTime: 2 * time.Minute, Memory: 1 << 30, Nice: 5},
		Hooks:     Hooks{SendTime: 20 * time.Second},
		Mail:      Mail{Security: "starttls", SendTime: 30 * time.Second},
		Log:       Log{Level: slog.LevelInfo, Format: "text"},
		Providers: map[string]Settings{},
	}
}

const day = 24 * time.Hour
