/* password - a first password for an account, made up here and shown once. */
#ifndef SYNPUNKT_SERVER_PASSWORD_H
#define SYNPUNKT_SERVER_PASSWORD_H

#define PASSWORD_CHARS 20 /* of base 32: 100 bits */
#define PASSWORD_GROUP 5
#define PASSWORD_TEXT_SIZE (PASSWORD_CHARS + PASSWORD_CHARS / PASSWORD_GROUP + 1)

void password_make(char ret[PASSWORD_TEXT_SIZE]);

#endif
