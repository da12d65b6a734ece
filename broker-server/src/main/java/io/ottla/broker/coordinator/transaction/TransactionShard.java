package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.CoordinatorShard;
import io.ottla.broker.coordinator.runtime.ShardContext;
import java.util.SortedMap;
import java.util.function.IntSupplier;

/** The transactional ids of one partition of {@code __transaction_state}. Confined to that partition's home loop. */
final class TransactionShard implements CoordinatorShard {
    private final TransactionStore store;
    private final HeldRequests held;
    private final Completions completions;
    private final InitCommands init;
    private final PartitionCommands partitions;
    private final EndCommands ends;
    private final Upkeep upkeep;

    TransactionShard(
            ShardContext context, TransactionSettings settings, MarkerSender sender, IntSupplier transactionVersion) {
        this.store = new TransactionStore(context.journal(), transactionVersion);
        this.held = new HeldRequests(context, store);
        this.completions = new Completions(context, store, sender, held);
        this.init = new InitCommands(context, store, completions);
        this.partitions = new PartitionCommands(context, store);
        this.ends = new EndCommands(context, store, partitions, completions);
        this.upkeep = new Upkeep(context, store, completions, settings, id -> {
            init.forget(id);
            partitions.forget(id);
        });
    }

    TransactionStore store() {
        return store;
    }

    HeldRequests held() {
        return held;
    }

    InitCommands init() {
        return init;
    }

    PartitionCommands partitions() {
        return partitions;
    }

    EndCommands ends() {
        return ends;
    }

    @Override
    public void replay(CoordinatorRecord record) {
        store.replay(record);
    }

    @Override
    public SortedMap<String, String> image() {
        return store.image();
    }

    @Override
    public void onLoaded() {
        store.select(transaction -> transaction.status().isPrepared()).forEach(completions::resume);
        upkeep.start();
    }

    @Override
    public void onUnloaded() {
        completions.close();
        held.close();
    }
}
