// Package orm is the model kernel: it joins model descriptors into a registry,
// opens databases with it, and lets code and clients read and change records
// under one user's rights.
//
// A [Registry] is made once, from the descriptors of all addons in their order
// of dependency. A [Database] is one database opened with it. An [Env] is one
// user in one transaction; everything an addon does goes through an Env.
//
// The package knows no database driver (see dialect), no HTTP and no JSON-RPC;
// package query turns conditions into SQL.
package orm
