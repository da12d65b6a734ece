package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.message.OffsetCommitKey;
import io.ottla.protocol.message.OffsetCommitValue;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A shard that keeps a number per name, to test what the runtime promises to any state machine. */
final class CounterShard implements CoordinatorShard {
    static final int TYPE = 1;
    static final RecordFormat FORMAT =
            new RecordFormat(List.of(new RecordType(TYPE, OffsetCommitKey::new, OffsetCommitValue::new)));

    final ShardContext context;
    final JournaledMap<String, Long> numbers;
    /** Numbers of transactions that have not ended, by producer; not taken back if an append is refused. */
    final Map<Long, List<CoordinatorRecord>> open = new TreeMap<>();

    boolean loaded;
    boolean unloaded;

    CounterShard(ShardContext context) {
        this.context = context;
        this.numbers = new JournaledMap<>(context.journal());
    }

    static CoordinatorRecord record(String name, long number) {
        return CoordinatorRecord.of(TYPE, key(name), 3, new OffsetCommitValue().setOffset(number));
    }

    static CoordinatorRecord tombstone(String name) {
        return CoordinatorRecord.tombstone(TYPE, key(name));
    }

    private static OffsetCommitKey key(String name) {
        return new OffsetCommitKey().setGroup(name).setTopic("t");
    }

    /** Sets a number and answers with the one before. */
    CommandResult<@Nullable Long> set(String name, long number) {
        return new CommandResult<@Nullable Long>(List.of(record(name, number)), numbers.get(name));
    }

    Map<String, Long> snapshot() {
        return new TreeMap<>(numbers.view());
    }

    @Override
    public void replay(CoordinatorRecord record) {
        OffsetCommitValue value = (OffsetCommitValue) record.value();
        numbers.set(((OffsetCommitKey) record.key()).group(), value == null ? null : value.offset());
    }

    @Override
    public void replay(TransactionalRecord record) {
        open.computeIfAbsent(record.producerId(), id -> new ArrayList<>()).add(record.record());
    }

    @Override
    public void replay(TransactionEnd end) {
        List<CoordinatorRecord> ended = open.remove(end.producerId());
        if (ended != null && end.outcome() == Outcome.COMMIT) {
            ended.forEach(this::replay);
        }
    }

    @Override
    public SortedMap<String, String> image() {
        SortedMap<String, String> image = new TreeMap<>();
        numbers.view().forEach((name, number) -> image.put(name, number.toString()));
        return image;
    }

    @Override
    public void onLoaded() {
        loaded = true;
    }

    @Override
    public void onUnloaded() {
        unloaded = true;
    }
}
