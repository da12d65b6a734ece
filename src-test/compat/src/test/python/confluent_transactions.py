"""Transactions by librdkafka: committed ones are read, aborted ones are not, offsets move with them, zombies are fenced."""
import sys
import time
import uuid

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

bootstrap = sys.argv[1]
run = uuid.uuid4().hex[:8]
source, target, group = "py-in-" + run, "py-out-" + run, "py-group-" + run

admin = AdminClient({"bootstrap.servers": bootstrap})
for future in admin.create_topics([NewTopic(source, 1, 1), NewTopic(target, 2, 1)]).values():
    future.result(30)

# To one of committed records the last stable offset would be told instead.
watermarks = Consumer({
    "bootstrap.servers": bootstrap, "group.id": "watermarks-" + run, "isolation.level": "read_uncommitted"})


def transactional(name):
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": name + run})
    producer.init_transactions(30)
    return producer


def committed(topic, partitions, count):
    """What a reader of committed records finds up to the high watermarks, behind which there is nothing undecided."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "reader-" + uuid.uuid4().hex,
        "auto.offset.reset": "earliest", "isolation.level": "read_committed", "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
    values, ends, deadline = [], {}, time.monotonic() + 30
    while not all(p in ends and ends[p] >= high_watermark(topic, p) for p in range(partitions)):
        assert time.monotonic() < deadline, "read %d of %d records up to %s" % (len(values), count, ends)
        message = consumer.poll(0.25)
        if message is None:
            continue
        if message.error() is None:
            values.append(message.value().decode())
        elif message.error().code() == KafkaError._PARTITION_EOF:
            ends[message.partition()] = message.offset()
        else:
            raise KafkaException(message.error())
    consumer.close()
    assert len(values) == count, "%d records instead of %d" % (len(values), count)
    return values


def high_watermark(topic, partition):
    return watermarks.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)[1]


first = transactional("source-")
for number in range(20):
    first.begin_transaction()
    for i in range(10):
        first.produce(source, ("%d.%d" % (number, i)).encode(), partition=0)
    if number % 4 == 3:
        first.flush(30)
        first.abort_transaction(30)
    else:
        first.commit_transaction(30)
expected = ["%d.%d" % (n, i) for n in range(20) if n % 4 != 3 for i in range(10)]
assert committed(source, 1, len(expected)) == expected, "committed records of the source"

consumer = Consumer({
    "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
    "isolation.level": "read_committed", "enable.auto.commit": False})
consumer.subscribe([source])
second = transactional("transform-")
moved = 0
while moved < len(expected):
    messages = [m for m in consumer.consume(40, 5) if not m.error()]
    if not messages:
        continue
    second.begin_transaction()
    for message in messages:
        second.produce(target, message.value().upper(), partition=moved % 2)
        moved += 1
    second.send_offsets_to_transaction(
        consumer.position(consumer.assignment()), consumer.consumer_group_metadata(), 30)
    second.commit_transaction(30)
consumer.close()
assert sorted(committed(target, 2, len(expected))) == sorted(expected), "transformed records"

zombie = transactional("fenced-")
zombie.begin_transaction()
zombie.produce(target, b"zombie", partition=0)
zombie.flush(30)
successor = transactional("fenced-")
try:
    zombie.commit_transaction(30)
    raise AssertionError("the zombie has committed")
except KafkaException as e:
    assert e.args[0].fatal() or e.args[0].txn_requires_abort(), e
successor.begin_transaction()
successor.produce(target, b"successor", partition=0)
successor.commit_transaction(30)
assert sorted(committed(target, 2, len(expected) + 1)) == sorted(expected + ["successor"]), "after fencing"
print("python transactions: ok %d records" % len(expected))
