// Package addon says what an addon is: a name, what it depends on, the models
// it brings and what it puts into a new database. [Join] orders addons by
// dependency and makes the registry of their models; [Install] fills a
// database with what they need, and again after an upgrade. An [Upgrade] is what
// an older database needs besides, once.
//
// An addon sees the kernel (orm) and the addons it stands on. It never sees
// HTTP, gRPC or a database driver.
package addon
