// Package provider is the providers of bank data: which there are, as rows that a
// user can see, and how one is called. It opens them by name through [Providers]
// and ends calls that take too long; what they answer is for the rooms above.
package provider
