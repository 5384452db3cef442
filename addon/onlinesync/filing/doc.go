// Package filing takes statement files in: it finds the reader that knows the
// format, asks what a table leaves open, foretells what would come, waits for its
// turn and imports, in parts where a file is large.
//
// Files are read in the plugin's process, and what comes is checked like a fetch.
package filing
