// Package domain is Odoo's domain language: a search condition in prefix
// notation, such as ['|', ('name', 'ilike', 'x'), ('amount', '>', 5)].
//
// It parses what clients send, checks its form, normalises it and prints it.
// It is pure and knows no models: package query knows whether a field exists,
// and what a condition means in SQL.
package domain
