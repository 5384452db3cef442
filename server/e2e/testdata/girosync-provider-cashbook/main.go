// Command girosync-provider-cashbook is a complete example of a third party's
// plugin that adds a format of statement files. It imports nothing of the
// project but plugins/sdk and plugins/sdk/serve.
//
// The format is invented. A file begins with "CASHBOOK 1" and names the account
// next; then come opening balance, entries and closing balance, one a line:
//
//	CASHBOOK 1
//	ACCOUNT BE68539007547034 EUR
//	FROM 2026-06-01 100.00
//	2026-06-02 -2.50 Corner Bakery | Bread
//	2026-06-03 +40.00 J. Janssens | Invoice 7
//	TO 2026-06-30 137.50
package main

import "github.com/girosync/girosync/plugins/sdk/serve"

func main() { serve.Serve(cashbook{}) }
