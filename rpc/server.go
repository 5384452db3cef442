package rpc

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/session"
)

// Databases opens databases by name.
type Databases interface {
	// Open returns an open database; a fault of kind Missing for an unknown name.
	Open(ctx context.Context, name string) (*orm.Database, error)
	// Names lists the databases, sorted.
	Names(ctx context.Context) ([]string, error)
}

// Proof is what somebody gives to show who they are, and from where. The host
// slows down who gives many wrong ones from there.
type Proof struct {
	Text    string // a password or an API key
	Keys    bool   // whether a key counts
	Address string
}

// People checks who somebody is.
type People interface {
	// Login returns the uid of a login whose proof is right, 0 otherwise; a fault
	// of kind Unauthenticated says that nobody may try again yet.
	Login(ctx context.Context, db *orm.Database, login string, proof Proof) (int64, error)
	// Check reports whether a uid's proof is right.
	Check(ctx context.Context, db *orm.Database, uid int64, proof Proof) (bool, error)
	// KeyOwner returns the uid that an API key stands for, 0 if nobody's.
	KeyOwner(ctx context.Context, db *orm.Database, key Proof) (int64, error)
	// Stands reports whether a key that began a session is still its user's. No
	// attempt is counted: it was right before.
	Stands(ctx context.Context, db *orm.Database, uid int64, key Proof) (bool, error)
	// Profile tells what a client wants to know of a user after the log-in.
	Profile(ctx context.Context, db *orm.Database, uid int64) (Profile, error)
}

// Profile is a user as session routes tell it.
type Profile struct {
	UID          int64
	Name         string
	Login        string
	Lang, TZ     string
	Partner      int64
	PartnerName  string
	System       bool // may change settings
	Documents    bool // may read what may be called, at /doc
	Internal     bool
	Company      int64
	Companies    []Company
	Currencies   []Currency
	PartnerWrite time.Time
}

// Company is one of the companies that a user may work in.
type Company struct {
	ID       int64
	Name     string
	Sequence int64
	Parent   int64
}

// Currency is how an active currency is written.
type Currency struct {
	ID       int64
	Symbol   string
	Position string // "before" or "after" the amount
	Digits   int
}

// Limits bound what one request may ask.
type Limits struct {
	Body       int64         // bytes
	Depth      int           // nesting of JSON
	Values     int           // numbers, texts, lists, objects, …
	Unknown    int64         // bytes of which nobody needs to know who sends them
	Strangers  int           // requests at the same time of people who are not known yet, half of them from one address
	Answer     int           // bytes of a call's result; 0 for any number
	Time       time.Duration // of one call
	Concurrent int           // calls at the same time of one session, or of one user and address without any
	// DatabaseTime is that of one change of a whole database.
	DatabaseTime time.Duration
}

// Options of a server.
type Options struct {
	Databases Databases
	People    People
	// Keeper changes whole databases; nil for not over the network.
	Keeper   Keeper
	Sessions session.Store
	Bus      Bus
	// SessionLife is how long a log-in lasts.
	SessionLife time.Duration
	ListNames   bool // whether clients may list databases
	PublicURL   string
	// Origins says whether a page of an origin may use a session.
	Origins func(r *http.Request, origin string) bool
	// Deprecated is since when answers of /jsonrpc and /xmlrpc say that these are
	// deprecated; zero for not at all.
	Deprecated time.Time
	Modules    []string
	Limits     Limits
	Log        *slog.Logger
	Now        func() time.Time
}

// Server serves calls. Make it with New.
type Server struct {
	opt       Options
	busy      *busy
	strangers *strangers
	polls     polls
}

// New makes a server.
func New(opt Options) *Server {
	return &Server{opt: opt, busy: newBusy(opt.Limits.Concurrent), strangers: newStrangers(opt.Limits.Strangers)}
}
