// Package charset turns a statement file's bytes into UTF-8 as they stream by,
// whatever the file declares or fails to declare.
//
// Banks declare one encoding and write another, so a declaration is a hint:
// what is valid UTF-8 is read as such, and only other bytes through the
// declared or guessed single-byte encoding. The package knows no format; its
// caller says what a format declared.
package charset
