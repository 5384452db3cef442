// Package sync is one synchronisation, from its claim to its end: the connection
// is read and the transaction closed, every account is fetched and applied, and the
// outcome is written on the run and on the connection.
package sync
