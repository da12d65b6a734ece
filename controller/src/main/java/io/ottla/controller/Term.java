package io.ottla.controller;

/**
 * What lasts from an election that this broker has won until it is no longer the controller. Confined to the controller's
 * executor.
 *
 * @param office what the controller holds
 * @param deletion the topics that are being deleted
 * @param cluster the events of this term
 */
record Term(Office office, TopicDeletion deletion, ClusterEvents cluster) {

    /** Ends it: whoever waits for it is told that this is no longer the controller. */
    void end() {
        cluster.end();
        deletion.abandon(Refusals.notController());
        office.senders().close();
    }
}
