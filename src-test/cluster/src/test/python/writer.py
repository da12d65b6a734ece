"""An idempotent librdkafka producer that sends to all partitions in turn until its standard input ends.

usage: writer.py <bootstrap> <topic> <partitions> <name> <pause ms>

Prints one line per event: "a <partition> <sequence>" before it sends, "k <partition> <sequence> <offset>" for an
acknowledgement (offset -1: librdkafka was not told, because the record was there already), "f <partition> <sequence> <error>" for a record that it has given up.
"""
import select
import sys

from confluent_kafka import KafkaException, Producer

bootstrap, topic, partitions, name, pause_ms = sys.argv[1:]
producer = Producer({
    "bootstrap.servers": bootstrap,
    "enable.idempotence": True,
    "acks": "all",
    "linger.ms": 2,
    "message.timeout.ms": 120000,
    "request.timeout.ms": 5000,
    "socket.timeout.ms": 5000,
    "api.version.request.timeout.ms": 3000,
    "topic.metadata.refresh.interval.ms": 5000,
    "reconnect.backoff.max.ms": 200,
})
sequences = [0] * int(partitions)


def say(*words):
    print(*words)


def delivered(partition, sequence):
    def report(error, message):
        if error is None:
            say("k", partition, sequence, -1 if message.offset() is None else message.offset())
        else:
            say("f", partition, sequence, str(error).replace("\n", " "))

    return report


def send(partition):
    sequence = sequences[partition]
    sequences[partition] += 1
    say("a", partition, sequence)
    value = "%s:%d:%s" % (name, sequence, "x" * 100)
    while True:
        try:
            producer.produce(topic, value, str(sequence), partition, delivered(partition, sequence))
            return
        except BufferError:
            producer.poll(0.1)
        except KafkaException as error:
            say("f", partition, sequence, "send: %s" % error)
            return


while not select.select([sys.stdin], [], [], 0)[0]:
    for each in range(int(partitions)):
        send(each)
    sys.stdout.flush()
    producer.poll(int(pause_ms) / 1000)
    while len(producer) > 4000:
        producer.poll(0.1)
        sys.stdout.flush()
producer.flush(150)
