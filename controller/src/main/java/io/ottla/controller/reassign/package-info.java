/**
 * Reassignments: replicas of a partition move to other brokers while it is in use (KIP-455).
 *
 * <p>A reassignment is what {@code /brokers/topics/<topic>} says it is: replicas that are being added and replicas that are
 * being removed. It has three phases, each in one event of the controller:
 *
 * <ol>
 *   <li>The topic's node is given the union of old and new replicas, the old replicas and the new ones are told of it in a
 *       new leader epoch, and the new ones begin to copy.
 *   <li>When all target replicas are in sync, the partition is left to them: the leader is one of them, the ISR has none
 *       but them, and the brokers of the other replicas are told to delete theirs.
 *   <li>When those brokers have answered, or gone, the topic's node is given the target alone.
 * </ol>
 *
 * <p>A new controller finds in the topic's node what was under way and does the phase again that the ISR calls for. State is
 * confined to the controller's executor and lasts for one term. Knows nothing of elections for other reasons, and of the
 * rest of the controller only {@link io.ottla.controller.reassign.ReassignmentContext}.
 */
@NullMarked
package io.ottla.controller.reassign;

import org.jspecify.annotations.NullMarked;
