// Package schema says what a model is: its fields with their Odoo types and
// attributes, its order, and what of it is kept in a table.
//
// It is pure: descriptors are values, made once and read by all who need them
// (query, migrate, access, fields_get, JSON). What runs (computed fields,
// methods, defaults that depend on the user) is bound in package orm.
package schema
