# `rooms`: a bot that joins one room with python-socketio and its default options, and answers what it is asked.
import json
import sys

import requests
import socketio

url, username, room_id = sys.argv[1:4]
password = "correct horse"


def show(event, data=None):
    print(json.dumps({"event": event, "data": data}), flush=True)


def post(path, token=None, **body):
    headers = {"Authorization": "Bearer " + token} if token else {}
    answer = requests.post(url + "/api/v1" + path, json=body, headers=headers)
    answer.raise_for_status()
    return answer.json()


post("/auth/register", username=username, email=username + "@example.org", password=password)
token = post("/auth/login", username=username, password=password)["token"]
post("/rooms/%s/join" % room_id, token)
client = socketio.Client()


@client.event
def connect():
    client.emit("join_room", {"roomId": room_id})


@client.event
def room_joined(data):
    show("room_joined", data)


@client.event
def receive_message(data):
    show("receive_message", data)
    if data["content"] == "ping":
        client.emit("send_message", {"roomId": room_id, "content": "pong"})


client.connect(url, auth={"token": token})
show("transport", client.transport())
client.wait()
