// Package entrance is about who comes in: it checks log-ins, passwords and API
// keys, makes whoever gives a wrong one wait, keeps the master password, ends
// sessions together with their sockets, and says which pages may open sockets.
//
// It stands on the addon base, which knows users and their keys, and on
// server/databases, which keeps sessions and counts wrong log-ins. What somebody
// may do once they are in is decided by the models' rights, and how a proof
// arrives by rpc.
package entrance
