// Package fetch is a provider's answer about one account: asked for page by page
// within limits, checked, and staged so that an interrupted worker need not ask
// again. What becomes of it is decided in importing and written by apply.
package fetch
