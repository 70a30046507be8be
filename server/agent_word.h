/* agent_word - what somebody signed in with, in a word or two ("Firefox, Linux"), so
 * that they know it again in the list of their sessions. The rest of the browser's
 * string, which can tell one person from another, is not kept. */
#ifndef SYNPUNKT_SERVER_AGENT_WORD_H
#define SYNPUNKT_SERVER_AGENT_WORD_H

#define AGENT_WORD_SIZE 41

/* user_agent NULL or unknown: "". */
void agent_word(const char *user_agent, char ret[AGENT_WORD_SIZE]);

#endif
