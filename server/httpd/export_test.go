package httpd

// Patient is what gives every write its time.
var Patient = patient
