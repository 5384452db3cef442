// Package base is the addon that every other stands on: people and their
// rights (users, groups, companies), partners, currencies, countries and
// banks, and what tells a database about itself (models, fields, external ids,
// parameters, modules, scheduled actions).
//
// It checks passwords and API keys, but keeps no sessions (see rpc/session)
// and runs no schedule (see server/jobs).
package base
