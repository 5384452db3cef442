// Package account is the addon of the books, as far as bank transactions need
// them: journals, bank statements and statement lines with Odoo 18's order and
// balances, and a minimal list of accounts.
//
// There is no ledger here: the front end that reads lines reconciles them. The
// addon onlinesync brings them.
package account
