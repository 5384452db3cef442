// Package migrate makes a database's tables fit the models: it compares the
// descriptors with the tables as they are ([Make]), and applies the
// difference ([Apply]); [Ensure] does both and is cheap when nothing changed.
//
// It only ever adds and widens. What a descriptor no longer mentions stays in
// the database, unread. Columns are nullable on every database: that a field
// is required is enforced where records are written, so that both databases
// behave alike and old rows never stand in the way. What descriptors cannot
// express is done by the upgrades of addons, not here.
package migrate
