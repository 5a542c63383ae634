// `direct`: the command-line client of one person. Logs in, connects, and sends each typed line to
// one other person.
import { decode, print, readLines } from './console.mjs';
import { restClient } from './rest.mjs';
import { connect } from './socket-io.mjs';

const [url, email, password, to] = process.argv.slice(2);
const rest = restClient(url);
const { token } = await rest.must('POST', '/api/auth/login', { email, password });
rest.use(token);
print('claims', decode(token));

const ways = {
  auth: { auth: { token } },
  query: { query: { token } },
  header: { extraHeaders: { Authorization: `Bearer ${token}` } },
  'token header': { extraHeaders: { token } },
};
const socket = connect(url, ways[process.env.TOKEN_BY ?? 'auth'], ['error']);
socket.on('receive_message', ({ from, message }) => print('terminal', `${from}: ${message}`));
socket.on('message_sent', ({ to, message }) => print('terminal', `sent to ${to}: ${message}`));

readLines(async (line) => {
  if (line === '/history') print('history', await rest.must('GET', `/api/messages/${to}`));
  else socket.emit('send_message', { to, message: line });
});
