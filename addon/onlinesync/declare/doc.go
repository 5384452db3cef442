// Package declare is what users declared before their connections were made, such as
// that bank data is used for a business: who, when, and which version of which text.
// What was declared is never changed nor deleted; it outlives its connection.
//
// Neighbours: connect, whose flows ask.
package declare
