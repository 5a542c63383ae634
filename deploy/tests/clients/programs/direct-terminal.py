# `direct`: the command-line client of one person, with python-socketio and its default options.
import json
import sys

import requests
import socketio

url, email, password, to = sys.argv[1:5]


def show(event, data=None):
    print(json.dumps({"event": event, "data": data}), flush=True)


answer = requests.post(url + "/api/auth/login", json={"email": email, "password": password})
answer.raise_for_status()
client = socketio.Client()


@client.on("connect")
def on_connect():
    show("connect", {"namespace": "/"})


@client.on("receive_message")
def on_receive_message(data):
    show("terminal", "%s: %s" % (data["from"], data["message"]))


@client.on("message_sent")
def on_message_sent(data):
    show("terminal", "sent to %s: %s" % (data["to"], data["message"]))


@client.on("error")
def on_error(data):
    show("error", data)


client.connect(url, auth={"token": answer.json()["token"]})
show("transport", client.transport())
for line in sys.stdin:
    client.emit("send_message", {"to": to, "message": line.rstrip("\n")})
client.disconnect()
