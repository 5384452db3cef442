// Package worldtest makes up bank accounts, and histories of what providers
// tell about them, to test the import with: the truth of each account is
// known, so that after a history its lines can be counted.
//
// It shares no code with the import engine and knows only plugins/sdk. A
// Script is plain data; it is made by Make, told by Bank, carried out by Play
// on any Host, and made shorter by Shrink when it fails.
package worldtest
