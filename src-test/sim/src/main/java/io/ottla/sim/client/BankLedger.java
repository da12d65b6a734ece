package io.ottla.sim.client;

import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of each transfer as its writer was told, and what readers of committed records have seen of it. */
public final class BankLedger {
    private final World world;
    private final Map<String, Transfer> transfers = new TreeMap<>();
    private int committed;
    private int aborted;

    /** What a writer knows. */
    enum Outcome {
        /** Nobody told. */
        UNKNOWN,
        COMMITTED,
        /** It can never be committed. */
        ABORTED
    }

    private static final class Transfer {
        Outcome outcome = Outcome.UNKNOWN;
        final List<String> seen = new ArrayList<>();
        long balance;
    }

    public BankLedger(World world) {
        this.world = world;
    }

    void begin(String transfer) {
        transfers.put(transfer, new Transfer());
    }

    void end(String transfer, Outcome outcome) {
        Transfer known = of(transfer);
        known.outcome = outcome;
        committed += outcome == Outcome.COMMITTED ? 1 : 0;
        aborted += outcome == Outcome.ABORTED ? 1 : 0;
        if (outcome == Outcome.ABORTED && !known.seen.isEmpty()) {
            throw failure("nothing aborted is seen", transfer, known);
        }
    }

    /** A reader of committed records was given one side of a transfer. */
    void seen(String transfer, int partition, long offset, int amount) {
        Transfer known = of(transfer);
        known.seen.add(amount + " in partition " + partition + " at offset " + offset);
        known.balance += amount;
        if (known.outcome == Outcome.ABORTED) {
            throw failure("nothing aborted is seen", transfer, known);
        }
        if (known.seen.size() > 2) {
            throw failure("nothing is transferred twice", transfer, known);
        }
    }

    private Transfer of(String transfer) {
        Transfer known = transfers.get(transfer);
        if (known == null) {
            throw world.fail(new SimulationFailure("nothing is invented", "", transfer + " was never begun", null));
        }
        return known;
    }

    private SimulationFailure failure(String invariant, String transfer, Transfer known) {
        return world.fail(new SimulationFailure(
                invariant, "", transfer + " was " + known.outcome + ", seen were " + known.seen, null));
    }

    /** How many transfers are committed as far as their writers know. */
    public int committedCount() {
        return committed;
    }

    /** How many were aborted. */
    public int abortedCount() {
        return aborted;
    }

    /** After everything has been read: each transfer is there with both sides or none, as its writer was told. */
    public void check() {
        long total = 0;
        for (Map.Entry<String, Transfer> entry : transfers.entrySet()) {
            Transfer known = entry.getValue();
            total += known.balance;
            if (known.seen.size() == 1) {
                throw failure("no transfer happens by half", entry.getKey(), known);
            }
            if (known.outcome == Outcome.COMMITTED && known.seen.isEmpty()) {
                throw failure("nothing committed is missing", entry.getKey(), known);
            }
        }
        if (total != 0) {
            throw world.fail(new SimulationFailure("the total is constant", "", "it is " + total, null));
        }
    }
}
