// Package review is the answers to what an import asked. What a question proposes
// is done, or never asked again; the questions themselves are asked by apply.
package review
